/** The cluster that a new compute target is of: one that is made, one that is known, or one that becomes known. */
import { type AttachCompute, type Cluster, clusterId, FarledError, type PutCompute } from '@farled/contract';
import type { ComputeRecord, ConnectedCluster, NewCompute, Stores, WorkspaceRecord } from '@farled/state';
import type { z } from 'zod';

import type { AppParts } from './parts.ts';

type Attach = z.output<typeof AttachCompute>;

export interface Place {
  readonly cluster: Cluster;
  readonly fields: Pick<
    NewCompute,
    'attached' | 'location' | 'namespace' | 'placement' | 'serviceType' | 'loadBalancerSubnet'
  >;
}

/** What is known of the cluster. */
export interface Known {
  /** By a look at it, when it is a Kubernetes. */
  readonly found: ConnectedCluster | undefined;
  /** The compute target that is of it already, when it is attached again. */
  readonly before: ComputeRecord | undefined;
}

/**
 * What can't be done inside a transaction: goes to the Kubernetes that is to be attached. Undefined when there is none.
 *
 * @throws FarledError ClusterNotFound, and what inspecting finds.
 */
export async function lookAt(
  { state, clusters }: Pick<AppParts, 'state' | 'clusters'>,
  asked: PutCompute,
  signal: AbortSignal,
): Promise<ConnectedCluster | undefined> {
  if (asked.mode === 'create') {
    return undefined;
  }
  if (asked.kubernetes !== undefined) {
    clusters.requireRegistry();
    return clusters.inspect(asked.kubernetes, signal);
  }
  const { resourceId, kubernetes } = await state.clusters.get(asked.resourceId ?? '');
  const connection = await state.clusters.connection(resourceId);
  if (kubernetes === null || connection === undefined) {
    return undefined;
  }
  clusters.requireRegistry();
  const { context, inCluster } = kubernetes;
  return clusters.inspect({ connection, context, inCluster }, signal);
}

/** Makes the cluster of the compute target, finds it, or makes it known. */
export async function findPlace(
  stores: Stores,
  workspace: WorkspaceRecord,
  name: string,
  asked: PutCompute,
  { found, before }: Known,
): Promise<Place> {
  if (asked.mode === 'create') {
    const location = asked.location ?? workspace.location;
    const fields = {
      attached: false,
      location,
      namespace: null,
      placement: null,
      serviceType: 'LoadBalancer',
      loadBalancerSubnet: null,
    };
    return { cluster: await makeCluster(stores, workspace, name, asked), fields: fields as Place['fields'] };
  }
  const { namespace, placement, serviceType, loadBalancerSubnet } = asked;
  const cluster =
    found === undefined
      ? await stores.clusters.get(asked.resourceId ?? '')
      : await recordFound(stores, workspace, name, asked, { found, before });
  refuseUnsupported(cluster, asked);
  const location = cluster.kind === 'local' ? 'local' : workspace.location;
  return { cluster, fields: { attached: true, location, namespace, placement, serviceType, loadBalancerSubnet } };
}

async function recordFound(
  { clusters }: Stores,
  { subscriptionId, resourceGroup }: WorkspaceRecord,
  name: string,
  asked: Attach,
  { found, before }: Known & { readonly found: ConnectedCluster },
): Promise<Cluster> {
  if (asked.resourceId !== undefined) {
    await clusters.setFacts(asked.resourceId, found.facts);
    return clusters.get(asked.resourceId);
  }
  const resourceId = before?.clusterResourceId ?? clusterId({ subscriptionId, resourceGroup, cluster: name });
  return (await clusters.find(resourceId)) === undefined
    ? clusters.add(resourceId, { kind: 'kubernetes', ...found })
    : clusters.replaceConnection(resourceId, found);
}

function refuseUnsupported(
  { kind, resourceId }: Cluster,
  { serviceType, loadBalancerSubnet, placement }: Attach,
): void {
  const unsupported = [
    ...(serviceType === 'LoadBalancer' ? [] : [`serviceType ${serviceType}`]),
    ...(loadBalancerSubnet === null ? [] : ['loadBalancerSubnet']),
    ...(placement === null ? [] : ['placement']),
  ];
  if (kind === 'local' && unsupported.length > 0) {
    const message = `Cluster ${resourceId} is this machine, where ${unsupported.join(' and ')} is not supported yet.`;
    throw new FarledError('NotSupportedYet', message, { suggestion: 'Leave it out, or attach a Kubernetes.' });
  }
}

/** A new cluster, named as its compute target, or with a number when one of that name is known already. */
async function makeCluster(
  stores: Stores,
  { subscriptionId, resourceGroup }: WorkspaceRecord,
  name: string,
  { agentCount, vmSize }: Pick<Cluster, 'agentCount' | 'vmSize'>,
): Promise<Cluster> {
  let cluster = name;
  for (let number = 2; ; number += 1) {
    const resourceId = clusterId({ subscriptionId, resourceGroup, cluster });
    if ((await stores.clusters.find(resourceId)) === undefined) {
      return stores.clusters.add(resourceId, { kind: 'local', agentCount, vmSize });
    }
    cluster = `${name}-${number}`;
  }
}
