import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

import type { DatabaseKind } from './index.ts';

/** Service principals and users, their roles, and what their logins consist of. */
export function identities(kind: DatabaseKind): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      const table = db.schema.createTable('identities');
      const sequenced =
        kind === 'sqlite'
          ? table.addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement())
          : table.addColumn('seq', 'bigserial', (column) => column.primaryKey());
      await sequenced
        .addColumn('id', 'text', (column) => column.notNull().unique())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('nameKey', 'text', (column) => column.notNull().unique())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('secretDigest', 'text', (column) => column.notNull())
        .addColumn('secretTime', 'text', (column) => column.notNull())
        .addColumn('createdTime', 'text', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('roleAssignments')
        .addColumn('identityId', 'text', (column) => column.notNull().references('identities.id').onDelete('cascade'))
        .addColumn('role', 'text', (column) => column.notNull())
        .addColumn('scope', 'text', (column) => column.notNull())
        .addColumn('scopeKey', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('roleAssignmentsKey', ['identityId', 'role', 'scopeKey'])
        .execute();
      await createLogins(db);
    },
  };
}

async function createLogins(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('logins')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('idKey', 'text', (column) => column.notNull())
    .addColumn('identityId', 'text')
    .addColumn('grantKey', 'text')
    .addColumn('uidKey', 'text')
    .addColumn('userCodeKey', 'text')
    .addColumn('payload', 'text', (column) => column.notNull())
    .addColumn('consumedAt', 'bigint')
    .addColumn('expiresAt', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('loginsKey', ['kind', 'idKey'])
    .execute();
  for (const column of ['identityId', 'grantKey', 'uidKey', 'userCodeKey', 'expiresAt']) {
    await db.schema.createIndex(`loginsBy_${column}`).on('logins').column(column).execute();
  }
}
