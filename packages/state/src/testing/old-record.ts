/** A record as the first release wrote it: a compute target on this machine. */
import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import pg from 'pg';

import type { DatabaseOptions } from '../database.ts';
import { migrations } from '../migrations/index.ts';
import { sqliteDialect } from '../sqlite.ts';

interface OldTables {
  workspaces: Record<string, unknown>;
  clusters: Record<string, unknown>;
  computes: Record<string, unknown>;
}

const TIME = '2026-01-01T00:00:00.000Z';
const RESOURCE_ID = '/subscriptions/s/resourcegroups/g/providers/Microsoft.ContainerService/managedClusters/old';
const SIZE = { agentCount: 3, vmSize: 'Standard_D3_v2' };

export async function writeOldRecord(database: DatabaseOptions): Promise<void> {
  const dialect =
    database.kind === 'sqlite'
      ? sqliteDialect(database.path)
      : new PostgresDialect({ pool: new pg.Pool({ connectionString: database.url }) });
  const db = new Kysely<OldTables>({ dialect, plugins: [new CamelCasePlugin()] });
  const provider = { getMigrations: () => Promise.resolve(migrations(database.kind)) };
  await new Migrator({ db, provider }).migrateTo('0001-initial');
  const texts = { description: '', tags: '{}', createdTime: TIME };
  const workspace = { id: 'w', referenceKey: 's/g/w', subscriptionId: 's', resourceGroup: 'g', name: 'w' };
  await db
    .insertInto('workspaces')
    .values({ ...workspace, ...texts, location: 'local', friendlyName: '', updatedTime: TIME })
    .execute();
  const cluster = { resourceKey: RESOURCE_ID.toLowerCase(), resourceId: RESOURCE_ID, kind: 'local' };
  await db
    .insertInto('clusters')
    .values({ ...cluster, ...SIZE, createdTime: TIME })
    .execute();
  await db
    .insertInto('computes')
    .values({
      ...texts,
      ...SIZE,
      id: 'c',
      workspaceId: 'w',
      name: 'old',
      nameKey: 'old',
      clusterKey: cluster.resourceKey,
      clusterResourceId: RESOURCE_ID,
      attached: 0,
      clusterPurpose: 'FastProd',
      location: 'local',
      loadBalancerType: 'PublicIp',
      provisioningState: 'Succeeded',
      provisioningErrors: '[]',
      operationId: 'o',
      modifiedTime: TIME,
    })
    .execute();
  await db.destroy();
}
