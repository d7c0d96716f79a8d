/**
 * What logins consist of: sessions, grants, codes and refresh tokens, as the authorization server keeps them.
 *
 * Their ids are what callers prove themselves with, so that only fingerprints are here; the rest is encrypted.
 */
import type { LoginKeys, LoginRecord } from '../records.ts';
import type { Session } from '../session.ts';

export interface LoginStore {
  put(kind: string, id: string, login: LoginKeys & Pick<LoginRecord, 'payload' | 'expiresAt'>): Promise<void>;
  /** Undefined also when its time is over. */
  find(kind: string, by: 'id' | 'uid' | 'userCode', value: string): Promise<LoginRecord | undefined>;
  /** False when it had been used before: of several who try at once, one succeeds. */
  consume(kind: string, id: string): Promise<boolean>;
  remove(kind: string, id: string): Promise<void>;
  /** All that a grant gave. */
  removeGrant(grantId: string): Promise<void>;
}

const COLUMN = { id: 'idKey', uid: 'uidKey', userCode: 'userCodeKey' } as const;

export function loginStore({ db, clock, secrets }: Session): LoginStore {
  const now = (): number => Math.floor(clock.now() / 1000);
  const keyOf = (text: string): string => secrets.fingerprint(`login\0${text}`);
  const keyOrNull = (text: string | undefined): string | null => (text === undefined ? null : keyOf(text));
  return {
    put: async (kind, id, { payload, expiresAt, identityId, grantId, uid, userCode }) => {
      await db.deleteFrom('logins').where('expiresAt', '<', now()).execute();
      const idKey = keyOf(id);
      const said = {
        identityId: identityId ?? null,
        grantKey: keyOrNull(grantId),
        uidKey: keyOrNull(uid),
        userCodeKey: keyOrNull(userCode),
        payload: secrets.seal(payload, ownerOf(kind, idKey)),
        expiresAt,
      };
      await db
        .insertInto('logins')
        .values({ kind, idKey, consumedAt: null, ...said })
        .onConflict((conflict) => conflict.columns(['kind', 'idKey']).doUpdateSet(said))
        .execute();
    },
    find: async (kind, by, value) => {
      const row = await db
        .selectFrom('logins')
        .selectAll()
        .where('kind', '=', kind)
        .where(COLUMN[by], '=', keyOf(value))
        .where('expiresAt', '>=', now())
        .executeTakeFirst();
      return row === undefined
        ? undefined
        : {
            payload: secrets.open(row.payload, ownerOf(kind, row.idKey)),
            consumedAt: row.consumedAt,
            expiresAt: row.expiresAt,
          };
    },
    consume: async (kind, id) => {
      const { numUpdatedRows } = await db
        .updateTable('logins')
        .set({ consumedAt: now() })
        .where('kind', '=', kind)
        .where('idKey', '=', keyOf(id))
        .where('consumedAt', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    remove: async (kind, id) => {
      await db.deleteFrom('logins').where('kind', '=', kind).where('idKey', '=', keyOf(id)).execute();
    },
    removeGrant: async (grantId) => {
      await db.deleteFrom('logins').where('grantKey', '=', keyOf(grantId)).execute();
    },
  };
}

function ownerOf(kind: string, idKey: string): string {
  return `login/${kind}/${idKey}`;
}
