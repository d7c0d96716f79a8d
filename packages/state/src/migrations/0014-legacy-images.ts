import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

import type { DatabaseKind } from './index.ts';

/** Images as clients of 2018 make them before they make services: recipes with a name and a version. */
export function legacyImages(kind: DatabaseKind): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      const table = db.schema.createTable('legacyImages');
      const sequenced =
        kind === 'sqlite'
          ? table.addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement())
          : table.addColumn('seq', 'bigserial', (column) => column.primaryKey());
      await sequenced
        .addColumn('workspaceId', 'text', (column) => column.notNull().references('workspaces.id').onDelete('cascade'))
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('version', 'bigint', (column) => column.notNull())
        .addColumn('description', 'text', (column) => column.notNull())
        .addColumn('tags', 'text', (column) => column.notNull())
        .addColumn('properties', 'text', (column) => column.notNull())
        .addColumn('recipe', 'text', (column) => column.notNull())
        .addColumn('asked', 'text', (column) => column.notNull())
        .addColumn('createdTime', 'text', (column) => column.notNull())
        .addUniqueConstraint('legacyImagesVersion', ['workspaceId', 'name', 'version'])
        .execute();
    },
  };
}
