/** Private keys that tokens are signed with, encrypted at rest. */
import { isoTime } from '@farled/service';

import type { SigningKeyRecord } from '../records.ts';
import type { Session } from '../session.ts';

export interface SigningKeyStore {
  /** The newest first. */
  list(purpose: SigningKeyRecord['purpose']): Promise<readonly SigningKeyRecord[]>;
  /** One that is there already under that id stays as it is. */
  add(key: Omit<SigningKeyRecord, 'createdTime'>): Promise<void>;
  remove(id: string): Promise<void>;
}

export function signingKeyStore({ db, clock, secrets, announce }: Session): SigningKeyStore {
  return {
    list: async (purpose) => {
      const rows = await db
        .selectFrom('signingKeys')
        .selectAll()
        .where('purpose', '=', purpose)
        .orderBy('createdTime', 'desc')
        .orderBy('id')
        .execute();
      return rows.map(({ id, privateKey, createdTime }) => ({
        id,
        purpose,
        privateKey: secrets.open(privateKey, ownerOf(id)),
        createdTime,
      }));
    },
    add: async ({ id, purpose, privateKey }) => {
      await db
        .insertInto('signingKeys')
        .values({ id, purpose, privateKey: secrets.seal(privateKey, ownerOf(id)), createdTime: isoTime(clock) })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute();
      announce({ kind: 'signingKey', id });
    },
    remove: async (id) => {
      await db.deleteFrom('signingKeys').where('id', '=', id).execute();
      announce({ kind: 'signingKey', id });
    },
  };
}

function ownerOf(id: string): string {
  return `signing-key/${id}`;
}
