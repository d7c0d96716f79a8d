import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Images that are made for elsewhere, and what they are made from. */
export const packages: Migration = {
  up: async (db: Kysely<unknown>) => {
    await db.schema
      .createTable('packages')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('workspaceId', 'text', (column) => column.notNull().references('workspaces.id').onDelete('cascade'))
      .addColumn('spec', 'text', (column) => column.notNull())
      .addColumn('result', 'text')
      .addColumn('createdTime', 'text', (column) => column.notNull())
      .execute();
  },
};
