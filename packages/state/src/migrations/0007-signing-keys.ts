import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Keys that tokens are signed with. */
export const signingKeys: Migration = {
  up: async (db: Kysely<unknown>) => {
    await db.schema
      .createTable('signing_keys')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('purpose', 'text', (column) => column.notNull())
      .addColumn('privateKey', 'text', (column) => column.notNull())
      .addColumn('createdTime', 'text', (column) => column.notNull())
      .execute();
  },
};
