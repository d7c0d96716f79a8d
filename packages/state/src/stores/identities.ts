/** Service principals and users, and the roles that they have. Of their secrets only digests are here. */
import { randomUUID } from 'node:crypto';

import { FarledError, parseScope, type Role, type RoleAssignment, scopeId } from '@farled/contract';
import { isoTime } from '@farled/service';
import type { Selectable } from 'kysely';

import { nearestNames } from '../nearest.ts';
import type { IdentityRecord } from '../records.ts';
import type { Session } from '../session.ts';
import { type Page, type PageRequest, toPage } from '../skip-tokens.ts';
import type { IdentityRow } from '../tables.ts';
import { suggestion } from './workspaces.ts';

export interface IdentityStore {
  /** @throws FarledError IdentityAlreadyExists. */
  create(identity: Pick<IdentityRecord, 'name' | 'kind' | 'secretDigest'>): Promise<IdentityRecord>;
  /** By name without regard to case, or by id. */
  find(nameOrId: string): Promise<IdentityRecord | undefined>;
  /** @throws FarledError IdentityNotFound naming those that are like it. */
  get(nameOrId: string): Promise<IdentityRecord>;
  list(page: PageRequest): Promise<Page<IdentityRecord>>;
  /** Its logins end with the secret that they were made by. */
  setSecret(id: string, secretDigest: string): Promise<IdentityRecord>;
  /** One that it has already is fine. */
  assign(id: string, role: RoleAssignment): Promise<IdentityRecord>;
  /** One that it does not have is fine. */
  revoke(id: string, role: RoleAssignment): Promise<IdentityRecord>;
  delete(id: string): Promise<void>;
}

export function identityStore(session: Session): IdentityStore {
  const { db, clock, skipTokens } = session;

  const withRoles = async (rows: readonly Selectable<IdentityRow>[]): Promise<IdentityRecord[]> => {
    const ids = rows.map(({ id }) => id);
    const assigned =
      ids.length === 0
        ? []
        : await db
            .selectFrom('roleAssignments')
            .selectAll()
            .where('identityId', 'in', ids)
            .orderBy('scopeKey')
            .execute();
    return rows.map(({ id, name, kind, secretDigest, secretTime, createdTime }) => ({
      id,
      name,
      kind,
      roles: assigned
        .filter(({ identityId }) => identityId === id)
        .map(({ role, scope }) => ({ role: role as Role, scope })),
      secretDigest,
      secretTime,
      createdTime,
    }));
  };

  const find = async (nameOrId: string): Promise<IdentityRecord | undefined> => {
    // No name has it, and PostgreSQL takes no text with it.
    if (nameOrId.includes('\0')) {
      return undefined;
    }
    const key = nameOrId.toLowerCase();
    const row = await db
      .selectFrom('identities')
      .selectAll()
      .where((is) => is.or([is('nameKey', '=', key), is('id', '=', key)]))
      .executeTakeFirst();
    return row === undefined ? undefined : (await withRoles([row]))[0];
  };

  const get = async (nameOrId: string): Promise<IdentityRecord> => {
    const found = await find(nameOrId);
    if (found === undefined) {
      const known = await db.selectFrom('identities').select('name').execute();
      const names = nearestNames(
        nameOrId,
        known.map(({ name }) => name),
      );
      throw new FarledError('IdentityNotFound', `There is no identity "${nameOrId}".`, {
        suggestion: suggestion('name', names, 'Create one with `farled identity create -n NAME`.'),
      });
    }
    return found;
  };

  const changed = (id: string): Promise<IdentityRecord> => {
    session.announce({ kind: 'identity', id });
    return get(id);
  };

  return {
    find,
    get,
    create: ({ name, kind, secretDigest }) =>
      session.atomically(async (inner) => {
        const store = identityStore(inner);
        if ((await store.find(name)) !== undefined) {
          throw new FarledError('IdentityAlreadyExists', `There is an identity "${name}" already.`, {
            suggestion: `Give it another secret with \`farled identity reset-secret -n ${name}\`, or choose another name.`,
          });
        }
        const id = randomUUID();
        const now = isoTime(clock);
        await inner.db
          .insertInto('identities')
          .values({ id, name, nameKey: name.toLowerCase(), kind, secretDigest, secretTime: now, createdTime: now })
          .execute();
        return store.get(id);
      }),
    list: async (page) => {
      const after = page.skipToken === undefined ? undefined : skipTokens.read('identities', page.skipToken);
      let query = db
        .selectFrom('identities')
        .selectAll()
        .orderBy('seq', 'desc')
        .limit(page.count + 1);
      if (after !== undefined) {
        query = query.where('seq', '<', Number(after[0]));
      }
      const { value, ...rest } = toPage(
        skipTokens,
        'identities',
        page,
        await query.execute(),
        (row) => [row.seq],
        (row) => row,
      );
      return { ...rest, value: await withRoles(value) };
    },
    setSecret: (id, secretDigest) =>
      session.atomically(async (inner) => {
        await inner.db
          .updateTable('identities')
          .set({ secretDigest, secretTime: isoTime(clock) })
          .where('id', '=', id)
          .execute();
        await inner.db.deleteFrom('logins').where('identityId', '=', id).execute();
        inner.announce({ kind: 'identity', id });
        return identityStore(inner).get(id);
      }),
    assign: async (id, { role, scope }) => {
      await db
        .insertInto('roleAssignments')
        .values({ identityId: id, role, scope, scopeKey: keyOf(scope) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return changed(id);
    },
    revoke: async (id, { role, scope }) => {
      await db
        .deleteFrom('roleAssignments')
        .where('identityId', '=', id)
        .where('role', '=', role)
        .where('scopeKey', '=', keyOf(scope))
        .execute();
      return changed(id);
    },
    delete: (id) =>
      session.atomically(async (inner) => {
        await inner.db.deleteFrom('logins').where('identityId', '=', id).execute();
        await inner.db.deleteFrom('identities').where('id', '=', id).execute();
        inner.announce({ kind: 'identity', id });
      }),
  };
}

function keyOf(scope: string): string {
  return scopeId(parseScope(scope)).toLowerCase();
}
