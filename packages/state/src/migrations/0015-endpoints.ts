import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

import type { DatabaseKind } from './index.ts';

/** Endpoints, and the services that are versions of one. */
export function endpoints(kind: DatabaseKind): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      const table = db.schema.createTable('endpoints');
      const sequenced =
        kind === 'sqlite'
          ? table.addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement())
          : table.addColumn('seq', 'bigserial', (column) => column.primaryKey());
      await sequenced
        .addColumn('id', 'text', (column) => column.notNull().unique())
        .addColumn('workspaceId', 'text', (column) => column.notNull().references('workspaces.id'))
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('computeId', 'text', (column) => column.notNull().references('computes.id'))
        .addColumn('description', 'text', (column) => column.notNull())
        .addColumn('tags', 'text', (column) => column.notNull())
        .addColumn('properties', 'text', (column) => column.notNull())
        .addColumn('authEnabled', 'integer', (column) => column.notNull())
        .addColumn('tokenAuthEnabled', 'integer', (column) => column.notNull())
        .addColumn('sharing', 'text', (column) => column.notNull())
        .addColumn('primaryKey', 'text', (column) => column.notNull())
        .addColumn('secondaryKey', 'text', (column) => column.notNull())
        .addColumn('tokensNotBefore', 'bigint', (column) => column.notNull().defaultTo(0))
        .addColumn('deleting', 'integer', (column) => column.notNull())
        .addColumn('operationId', 'text', (column) => column.notNull())
        .addColumn('createdTime', 'text', (column) => column.notNull())
        .addColumn('updatedTime', 'text', (column) => column.notNull())
        .addUniqueConstraint('endpointsName', ['workspaceId', 'name'])
        .execute();
      await db.schema
        .alterTable('services')
        .addColumn('endpointId', 'text', (column) => column.references('endpoints.id'))
        .execute();
      await db.schema.alterTable('services').addColumn('versionName', 'text').execute();
      await db.schema.createIndex('servicesEndpoint').on('services').column('endpointId').execute();
    },
  };
}
