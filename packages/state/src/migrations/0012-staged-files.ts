import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Files that are uploaded under a name before anybody knows their digest. */
export const stagedFiles: Migration = {
  up: async (db: Kysely<unknown>) => {
    await db.schema
      .createTable('stagedFiles')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('workspaceId', 'text', (column) => column.notNull().references('workspaces.id').onDelete('cascade'))
      .addColumn('container', 'text', (column) => column.notNull())
      .addColumn('path', 'text', (column) => column.notNull())
      .addColumn('sha256', 'text')
      .addColumn('size', 'bigint')
      .addColumn('blockList', 'text')
      .addColumn('createdTime', 'text', (column) => column.notNull())
      .addColumn('uploadedTime', 'text')
      .addUniqueConstraint('stagedFilesName', ['workspaceId', 'container', 'path'])
      .execute();
  },
};
