import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Names for versions of environments; each is one version's at a time. */
export const environmentLabels: Migration = {
  up: async (db: Kysely<unknown>) => {
    await db.schema
      .createTable('environmentLabels')
      .addColumn('workspaceId', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('label', 'text', (column) => column.notNull())
      .addColumn('version', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('environmentLabelsKey', ['workspaceId', 'name', 'label'])
      .addForeignKeyConstraint(
        'environmentLabelsVersion',
        ['workspaceId', 'name', 'version'],
        'environments',
        ['workspaceId', 'name', 'version'],
        (constraint) => constraint.onDelete('cascade'),
      )
      .execute();
  },
};
