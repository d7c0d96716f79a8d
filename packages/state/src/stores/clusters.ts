/** Known clusters, by ARM resource id without regard to case. */
import { type Cluster, FarledError, parseClusterId, workspaceId } from '@farled/contract';
import { isoTime } from '@farled/service';

import { nearestNames } from '../nearest.ts';
import type { NewCluster } from '../records.ts';
import type { Session } from '../session.ts';
import { type Page, type PageRequest, toPage } from '../skip-tokens.ts';
import { suggestion } from './workspaces.ts';

export interface ClusterStore {
  /** @throws FarledError ClusterAlreadyExists; BadArgument for what is no resource id. */
  add(resourceId: string, cluster: NewCluster): Promise<Cluster>;
  find(resourceId: string): Promise<Cluster | undefined>;
  /** @throws FarledError ClusterNotFound with the command that makes one known. */
  get(resourceId: string): Promise<Cluster>;
  list(page: PageRequest): Promise<Page<Cluster>>;
  /** @throws FarledError ClusterInUse while a compute target is attached to it. One that is not known is fine. */
  remove(resourceId: string): Promise<void>;
}

export function clusterStore(session: Session): ClusterStore {
  const { db, clock, skipTokens } = session;

  const rows = () =>
    db
      .selectFrom('clusters')
      .leftJoin('computes', 'computes.clusterKey', 'clusters.resourceKey')
      .leftJoin('workspaces', 'workspaces.id', 'computes.workspaceId')
      .selectAll('clusters')
      .select([
        'computes.name as computeName',
        'workspaces.subscriptionId',
        'workspaces.resourceGroup',
        'workspaces.name as workspaceName',
      ]);
  type Row = Awaited<ReturnType<ReturnType<typeof rows>['executeTakeFirstOrThrow']>>;

  const find = async (resourceId: string): Promise<Cluster | undefined> => {
    const row = await rows().where('resourceKey', '=', resourceId.toLowerCase()).executeTakeFirst();
    return row === undefined ? undefined : toCluster(row);
  };
  const toCluster = (row: Row): Cluster => {
    const { subscriptionId, resourceGroup, cluster } = parseClusterId(row.resourceId);
    return {
      resourceId: row.resourceId,
      subscriptionId,
      resourceGroup,
      name: cluster,
      kind: row.kind,
      agentCount: row.agentCount,
      vmSize: row.vmSize,
      attachedTo:
        row.computeName === null
          ? null
          : {
              workspace: workspaceId({
                subscriptionId: row.subscriptionId ?? '',
                resourceGroup: row.resourceGroup ?? '',
                workspace: row.workspaceName ?? '',
              }),
              compute: row.computeName,
            },
      createdTime: row.createdTime,
    };
  };

  return {
    find,
    add: (resourceId, cluster) =>
      session.atomically(async (inner) => {
        const store = clusterStore(inner);
        parseClusterId(resourceId);
        if ((await store.find(resourceId)) !== undefined) {
          throw new FarledError('ClusterAlreadyExists', `Cluster ${resourceId} is known already.`, {
            suggestion: 'Remove it first to describe it anew: `farled cluster remove`.',
          });
        }
        await inner.db
          .insertInto('clusters')
          .values({
            resourceKey: resourceId.toLowerCase(),
            resourceId,
            ...cluster,
            createdTime: isoTime(clock),
          })
          .execute();
        return store.get(resourceId);
      }),
    get: async (resourceId) => {
      const found = await find(resourceId);
      if (found !== undefined) {
        return found;
      }
      const { resourceGroup, cluster } = parseClusterId(resourceId);
      const known = await db.selectFrom('clusters').select('resourceId').execute();
      const names = known.map((row) => parseClusterId(row.resourceId).cluster);
      throw new FarledError('ClusterNotFound', `Cluster ${resourceId} is not known.`, {
        suggestion: suggestion(
          'cluster',
          nearestNames(cluster, names),
          `Make it known with \`farled cluster add -g ${resourceGroup} -n ${cluster} --local\`.`,
        ),
      });
    },
    list: async (page) => {
      const after = page.skipToken === undefined ? undefined : skipTokens.read('clusters', page.skipToken);
      let query = rows()
        .orderBy('clusters.seq', 'desc')
        .limit(page.count + 1);
      if (after !== undefined) {
        query = query.where('clusters.seq', '<', Number(after[0]));
      }
      return toPage(skipTokens, 'clusters', page, await query.execute(), (row) => [row.seq], toCluster);
    },
    remove: (resourceId) =>
      session.atomically(async (inner) => {
        const cluster = await clusterStore(inner).find(resourceId);
        if (cluster?.attachedTo) {
          const { workspace, compute } = cluster.attachedTo;
          const message = `Cluster ${resourceId} is attached to ${workspace} as compute target "${compute}".`;
          throw new FarledError('ClusterInUse', message, { suggestion: 'Detach the compute target first.' });
        }
        await inner.db.deleteFrom('clusters').where('resourceKey', '=', resourceId.toLowerCase()).execute();
      }),
  };
}
