import { type CreateTableBuilder, type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

import type { DatabaseKind } from './index.ts';

/** Text throughout but for counts: both databases compare and keep it alike. */
export function initial(kind: DatabaseKind): Migration {
  const sequenced = (db: Kysely<unknown>, table: string): CreateTableBuilder<string, 'seq'> =>
    kind === 'sqlite'
      ? db.schema.createTable(table).addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement())
      : db.schema.createTable(table).addColumn('seq', 'bigserial', (column) => column.primaryKey());

  return {
    up: async (db: Kysely<unknown>) => {
      await createInventory(db, sequenced);
      await createServices(db, sequenced);
      await createOperations(db, sequenced);
    },
  };
}

type Sequenced = (db: Kysely<unknown>, table: string) => CreateTableBuilder<string, 'seq'>;

async function createInventory(db: Kysely<unknown>, sequenced: Sequenced): Promise<void> {
  await sequenced(db, 'workspaces')
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('referenceKey', 'text', (column) => column.notNull().unique())
    .addColumn('subscriptionId', 'text', (column) => column.notNull())
    .addColumn('resourceGroup', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('location', 'text', (column) => column.notNull())
    .addColumn('friendlyName', 'text', (column) => column.notNull())
    .addColumn('description', 'text', (column) => column.notNull())
    .addColumn('tags', 'text', (column) => column.notNull())
    .addColumn('createdTime', 'text', (column) => column.notNull())
    .addColumn('updatedTime', 'text', (column) => column.notNull())
    .execute();

  await db.schema
    .createTable('modelNames')
    .addColumn('workspaceId', 'text', (column) => column.notNull().references('workspaces.id').onDelete('cascade'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('lastVersion', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('modelNamesKey', ['workspaceId', 'name'])
    .execute();

  await sequenced(db, 'models')
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('workspaceId', 'text', (column) => column.notNull().references('workspaces.id').onDelete('cascade'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('framework', 'text', (column) => column.notNull())
    .addColumn('runId', 'text')
    .addColumn('fields', 'text', (column) => column.notNull())
    .addColumn('tags', 'text', (column) => column.notNull())
    .addColumn('properties', 'text', (column) => column.notNull())
    .addColumn('files', 'text', (column) => column.notNull())
    .addColumn('size', 'bigint', (column) => column.notNull())
    .addColumn('createdTime', 'text', (column) => column.notNull())
    .addColumn('modifiedTime', 'text', (column) => column.notNull())
    .addUniqueConstraint('modelsNameVersion', ['workspaceId', 'name', 'version'])
    .execute();

  await sequenced(db, 'environments')
    .addColumn('workspaceId', 'text', (column) => column.notNull().references('workspaces.id').onDelete('cascade'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('definition', 'text', (column) => column.notNull())
    .addColumn('definitionDigest', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('createdTime', 'text', (column) => column.notNull())
    .addUniqueConstraint('environmentsNameVersion', ['workspaceId', 'name', 'version'])
    .execute();

  await sequenced(db, 'clusters')
    .addColumn('resourceKey', 'text', (column) => column.notNull().unique())
    .addColumn('resourceId', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('agentCount', 'bigint', (column) => column.notNull())
    .addColumn('vmSize', 'text', (column) => column.notNull())
    .addColumn('createdTime', 'text', (column) => column.notNull())
    .execute();

  await sequenced(db, 'computes')
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('workspaceId', 'text', (column) => column.notNull().references('workspaces.id'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('nameKey', 'text', (column) => column.notNull())
    .addColumn('clusterKey', 'text', (column) => column.notNull().unique().references('clusters.resourceKey'))
    .addColumn('clusterResourceId', 'text', (column) => column.notNull())
    .addColumn('attached', 'integer', (column) => column.notNull())
    .addColumn('clusterPurpose', 'text', (column) => column.notNull())
    .addColumn('agentCount', 'bigint', (column) => column.notNull())
    .addColumn('vmSize', 'text', (column) => column.notNull())
    .addColumn('location', 'text', (column) => column.notNull())
    .addColumn('loadBalancerType', 'text', (column) => column.notNull())
    .addColumn('namespace', 'text')
    .addColumn('description', 'text', (column) => column.notNull())
    .addColumn('tags', 'text', (column) => column.notNull())
    .addColumn('provisioningState', 'text', (column) => column.notNull())
    .addColumn('provisioningErrors', 'text', (column) => column.notNull())
    .addColumn('operationId', 'text', (column) => column.notNull())
    .addColumn('createdTime', 'text', (column) => column.notNull())
    .addColumn('modifiedTime', 'text', (column) => column.notNull())
    .addUniqueConstraint('computesName', ['workspaceId', 'nameKey'])
    .execute();
}

async function createServices(db: Kysely<unknown>, sequenced: Sequenced): Promise<void> {
  await sequenced(db, 'services')
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('workspaceId', 'text', (column) => column.notNull().references('workspaces.id'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('computeId', 'text', (column) => column.notNull().references('computes.id'))
    .addColumn('lastGoodComputeId', 'text', (column) => column.references('computes.id'))
    .addColumn('description', 'text', (column) => column.notNull())
    .addColumn('tags', 'text', (column) => column.notNull())
    .addColumn('properties', 'text', (column) => column.notNull())
    .addColumn('spec', 'text', (column) => column.notNull())
    .addColumn('generation', 'bigint', (column) => column.notNull())
    .addColumn('lastGood', 'text')
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('deleting', 'integer', (column) => column.notNull())
    .addColumn('operationId', 'text', (column) => column.notNull())
    .addColumn('createdTime', 'text', (column) => column.notNull())
    .addColumn('updatedTime', 'text', (column) => column.notNull())
    .addUniqueConstraint('servicesName', ['workspaceId', 'name'])
    .execute();
  await db.schema
    .createIndex('servicesUpdated')
    .on('services')
    .columns(['workspaceId', 'updatedTime', 'seq'])
    .execute();

  await db.schema
    .createTable('serviceModels')
    .addColumn('serviceId', 'text', (column) => column.notNull().references('services.id').onDelete('cascade'))
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('workspaceId', 'text', (column) => column.notNull())
    .addColumn('modelName', 'text', (column) => column.notNull())
    .addColumn('modelVersion', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('serviceModelsKey', ['serviceId', 'role', 'modelName', 'modelVersion'])
    .addForeignKeyConstraint('serviceModelsModel', ['workspaceId', 'modelName', 'modelVersion'], 'models', [
      'workspaceId',
      'name',
      'version',
    ])
    .execute();
  await db.schema
    .createIndex('serviceModelsByModel')
    .on('serviceModels')
    .columns(['workspaceId', 'modelName', 'modelVersion'])
    .execute();

  await db.schema
    .createTable('serviceKeys')
    .addColumn('serviceId', 'text', (column) => column.primaryKey().references('services.id').onDelete('cascade'))
    .addColumn('primaryKey', 'text', (column) => column.notNull())
    .addColumn('secondaryKey', 'text', (column) => column.notNull())
    .execute();

  await db.schema
    .createTable('labels')
    .addColumn('ownerId', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('labelsKey', ['ownerId', 'kind', 'key'])
    .execute();
}

async function createOperations(db: Kysely<unknown>, sequenced: Sequenced): Promise<void> {
  await sequenced(db, 'operations')
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('workspaceId', 'text', (column) => column.notNull().references('workspaces.id').onDelete('cascade'))
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('targetType', 'text', (column) => column.notNull())
    .addColumn('targetId', 'text', (column) => column.notNull())
    .addColumn('targetName', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('error', 'text')
    .addColumn('requestDigest', 'text', (column) => column.notNull())
    .addColumn('cancelRequested', 'integer', (column) => column.notNull())
    .addColumn('createdTime', 'text', (column) => column.notNull())
    .addColumn('startTime', 'text')
    .addColumn('endTime', 'text')
    .execute();
  await db.schema
    .createIndex('operationsRunning')
    .on('operations')
    .column('targetId')
    .unique()
    .where(sql.ref('end_time'), 'is', null)
    .execute();

  await db.schema
    .createTable('operationLog')
    .addColumn('operationId', 'text', (column) => column.notNull().references('operations.id').onDelete('cascade'))
    .addColumn('line', 'bigint', (column) => column.notNull())
    .addColumn('at', 'text', (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('operationLogKey', ['operationId', 'line'])
    .execute();
}
