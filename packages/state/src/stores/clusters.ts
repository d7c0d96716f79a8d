/** Known clusters, by ARM resource id without regard to case. */
import { type Cluster, type ClusterFacts, FarledError, parseClusterId, workspaceId } from '@farled/contract';
import { isoTime } from '@farled/service';

import { canonicalJson } from '../canonical-json.ts';
import { nearestNames } from '../nearest.ts';
import type { ConnectedCluster, NewCluster } from '../records.ts';
import type { Session } from '../session.ts';
import { type Page, type PageRequest, toPage } from '../skip-tokens.ts';
import { refuseAnotherCluster } from './cluster-identity.ts';
import { suggestion } from './workspaces.ts';

export interface ClusterStore {
  /** @throws FarledError ClusterAlreadyExists; BadArgument for what is no resource id. */
  add(resourceId: string, cluster: NewCluster): Promise<Cluster>;
  find(resourceId: string): Promise<Cluster | undefined>;
  /** @throws FarledError ClusterNotFound with the command that makes one known. */
  get(resourceId: string): Promise<Cluster>;
  list(page: PageRequest): Promise<Page<Cluster>>;
  /** Those that are attached. */
  attached(): Promise<readonly Cluster[]>;
  /**
   * Another credential for a known Kubernetes, attached or not; its compute target is announced as changed.
   *
   * @throws FarledError ClusterNotFound; ClusterAlreadyExists when it is this machine; ClusterInUse when it is attached
   * and the credential is of another cluster.
   */
  replaceConnection(resourceId: string, connected: ConnectedCluster): Promise<Cluster>;
  /** How to reach a Kubernetes, as it was recorded; undefined for this machine and for one that is not known. */
  connection(resourceId: string): Promise<string | undefined>;
  /** What was found there now; its compute target is announced as changed when that differs. One that is gone is fine. */
  setFacts(resourceId: string, facts: ClusterFacts): Promise<void>;
  /** @throws FarledError ClusterInUse while a compute target is attached to it. One that is not known is fine. */
  remove(resourceId: string): Promise<void>;
}

export function clusterStore(session: Session): ClusterStore {
  const { db, clock, skipTokens, secrets } = session;

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
    const row = await rows().where('resourceKey', '=', keyOf(resourceId)).executeTakeFirst();
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
      kubernetes: row.facts === null ? null : (JSON.parse(row.facts) as ClusterFacts),
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
  const connectedColumns = (resourceId: string, { connection, facts }: ConnectedCluster) => ({
    connection: secrets.seal(connection, ownerOf(resourceId)),
    ...factColumns(facts),
  });

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
        const { kind } = cluster;
        const described =
          kind === 'local'
            ? { agentCount: cluster.agentCount, vmSize: cluster.vmSize }
            : connectedColumns(resourceId, cluster);
        await inner.db
          .insertInto('clusters')
          .values({ resourceKey: keyOf(resourceId), resourceId, kind, ...described, createdTime: isoTime(clock) })
          .execute();
        return store.get(resourceId);
      }),
    get: async (resourceId) => {
      const found = await find(resourceId);
      if (found !== undefined) {
        return found;
      }
      const { subscriptionId, resourceGroup, cluster } = parseClusterId(resourceId);
      const known = await db.selectFrom('clusters').select('resourceId').execute();
      const names = known.map((row) => parseClusterId(row.resourceId).cluster);
      const command = `farled cluster add -g ${resourceGroup} -n ${cluster} --kubeconfig FILE --subscription-id ${subscriptionId}`;
      throw new FarledError('ClusterNotFound', `Cluster ${resourceId} is not known.`, {
        suggestion: suggestion(
          'cluster',
          nearestNames(cluster, names),
          `Make it known with \`${command}\`: credentials are not fetched from Azure.`,
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
    attached: async () => (await rows().where('computes.id', 'is not', null).execute()).map(toCluster),
    replaceConnection: (resourceId, connected) =>
      session.atomically(async (inner) => {
        const store = clusterStore(inner);
        const present = await store.get(resourceId);
        if (present.kind !== 'kubernetes') {
          throw new FarledError(
            'ClusterAlreadyExists',
            `Cluster ${resourceId} is known already, and is this machine.`,
            {
              suggestion: 'Remove it first to describe it anew: `farled cluster remove`.',
            },
          );
        }
        refuseAnotherCluster(present, connected.facts);
        await inner.db
          .updateTable('clusters')
          .set(connectedColumns(present.resourceId, connected))
          .where('resourceKey', '=', keyOf(resourceId))
          .execute();
        await announceCompute(inner, resourceId);
        return store.get(resourceId);
      }),
    connection: async (resourceId) => {
      const row = await db
        .selectFrom('clusters')
        .select('connection')
        .where('resourceKey', '=', keyOf(resourceId))
        .executeTakeFirst();
      const sealed = row?.connection ?? null;
      return sealed === null ? undefined : secrets.open(sealed, ownerOf(resourceId));
    },
    setFacts: (resourceId, facts) =>
      session.atomically(async (inner) => {
        const { numUpdatedRows } = await inner.db
          .updateTable('clusters')
          .set(factColumns(facts))
          .where('resourceKey', '=', keyOf(resourceId))
          .where('facts', '!=', factColumns(facts).facts)
          .executeTakeFirst();
        if (numUpdatedRows > 0n) {
          await announceCompute(inner, resourceId);
        }
      }),
    remove: (resourceId) =>
      session.atomically(async (inner) => {
        const cluster = await clusterStore(inner).find(resourceId);
        if (cluster?.attachedTo) {
          const { workspace, compute } = cluster.attachedTo;
          const message = `Cluster ${resourceId} is attached to ${workspace} as compute target "${compute}".`;
          throw new FarledError('ClusterInUse', message, { suggestion: 'Detach the compute target first.' });
        }
        await inner.db.deleteFrom('clusters').where('resourceKey', '=', keyOf(resourceId)).execute();
      }),
  };
}

function keyOf(resourceId: string): string {
  return resourceId.toLowerCase();
}

/** What a sealed connection is bound to. */
function ownerOf(resourceId: string): string {
  return `cluster ${keyOf(resourceId)}`;
}

function factColumns(facts: ClusterFacts): { facts: string; agentCount: number; vmSize: string } {
  return { facts: canonicalJson(facts), agentCount: facts.nodes, vmSize: facts.instanceType ?? 'kubernetes' };
}

/** Whoever works on its compute target looks again. */
async function announceCompute({ db, announce }: Session, resourceId: string): Promise<void> {
  const compute = await db
    .selectFrom('computes')
    .select('id')
    .where('clusterKey', '=', keyOf(resourceId))
    .executeTakeFirst();
  if (compute !== undefined) {
    announce({ kind: 'compute', id: compute.id });
  }
}
