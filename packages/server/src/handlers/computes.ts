import { randomUUID } from 'node:crypto';

import {
  type AttachCompute,
  clusterCapacity,
  clusterId,
  type ClusterPurpose,
  type Compute,
  type CreateCompute,
  FAST_PROD_MINIMUM_CPU,
  FarledError,
  parseClusterId,
  workspaceId,
} from '@farled/contract';
import type { ComputeRecord, NewCompute, ServiceRecord, State, Stores, WorkspaceRecord } from '@farled/state';
import type { z } from 'zod';

import type { HandlersOf } from '../handler.ts';
import { operate } from '../operate.ts';
import type { AppParts } from '../parts.ts';
import { reservedBy } from '../reserved.ts';

type Create = z.output<typeof CreateCompute>;
type Attach = z.output<typeof AttachCompute>;

export function computeHandlers({ state }: AppParts): HandlersOf<'computes'> {
  const removal =
    (kind: 'DetachCompute' | 'DeleteCompute') =>
    async (params: Parameters<State['workspaces']['get']>[0] & { compute: string }, operationId?: string) => {
      const workspace = await state.workspaces.get(params);
      return operate(
        state,
        workspace,
        { operationId, request: { kind, params } },
        async (stores) => {
          const compute = await stores.computes.get(workspace.key, params.compute);
          return { kind, type: 'compute', id: compute.id, name: compute.name };
        },
        (stores, { id }, operation) => stores.computes.markDeleting(id, operation),
      );
    };
  const detach = removal('DetachCompute');
  const remove = removal('DeleteCompute');

  return {
    listComputes: async ({ params, query }) => {
      const { key } = await state.workspaces.get(params);
      const page = await state.computes.list(key, query);
      return [200, { ...page, value: await Promise.all(page.value.map((compute) => toCompute(state, compute))) }];
    },
    getCompute: async ({ params }) => {
      const { key } = await state.workspaces.get(params);
      return [200, await toCompute(state, await state.computes.get(key, params.compute))];
    },
    putCompute: async ({ params, body: { operationId, ...asked } }) => {
      const workspace = await state.workspaces.get(params);
      const operation = await operate(
        state,
        workspace,
        { operationId, request: { kind: 'CreateCompute', params, asked } },
        () =>
          Promise.resolve({ kind: 'CreateCompute', type: 'compute', id: randomUUID(), name: params.compute } as const),
        async (stores, { id, name }, operationOfIt) => {
          const place = asked.mode === 'create' ? created(workspace, asked) : await attached(stores, asked);
          checkPurpose(asked.clusterPurpose, place);
          const clusterResourceId =
            asked.mode === 'create' ? await makeCluster(stores, workspace, name, place) : place.clusterResourceId;
          const { clusterPurpose, loadBalancerType, description, tags } = asked;
          await stores.computes.create({
            id,
            workspaceId: workspace.key,
            name,
            ...place,
            clusterResourceId,
            clusterPurpose,
            loadBalancerType,
            description,
            tags,
            operationId: operationOfIt,
          });
        },
      );
      return [202, operation];
    },
    detachCompute: async ({ params, query }) => [202, await detach(params, query.operationId)],
    deleteCompute: async ({ params, query }) => [202, await remove(params, query.operationId)],
  };
}

type Place = Pick<NewCompute, 'attached' | 'clusterResourceId' | 'agentCount' | 'vmSize' | 'location' | 'namespace'>;

function created(workspace: WorkspaceRecord, { agentCount, vmSize, location }: Create): Place {
  return {
    attached: false,
    clusterResourceId: '',
    agentCount,
    vmSize,
    location: location ?? workspace.location,
    namespace: null,
  };
}

async function attached(stores: Stores, { resourceId, namespace }: Attach): Promise<Place> {
  const cluster = await stores.clusters.get(resourceId);
  const { agentCount, vmSize } = cluster;
  return { attached: true, clusterResourceId: cluster.resourceId, agentCount, vmSize, location: 'local', namespace };
}

/** A new cluster, named as its compute target, or with a number when one of that name is known already. */
async function makeCluster(
  stores: Stores,
  { subscriptionId, resourceGroup }: WorkspaceRecord,
  name: string,
  { agentCount, vmSize }: Place,
): Promise<string> {
  let cluster = name;
  for (let number = 2; ; number += 1) {
    const resourceId = clusterId({ subscriptionId, resourceGroup, cluster });
    if ((await stores.clusters.find(resourceId)) === undefined) {
      await stores.clusters.add(resourceId, { kind: 'local', agentCount, vmSize });
      return resourceId;
    }
    cluster = `${name}-${number}`;
  }
}

/** anchors: AksCompute.provisioning_configuration, the rule for clusters that are not for DevTest. */
function checkPurpose(purpose: ClusterPurpose, { agentCount, vmSize }: Place): void {
  const { cpu } = clusterCapacity({ agentCount, vmSize });
  if (purpose === 'FastProd' && cpu < FAST_PROD_MINIMUM_CPU) {
    throw new FarledError(
      'ComputeTooSmall',
      `agentCount multiplied by the vCPUs of vmSize must be greater than or equal to ${FAST_PROD_MINIMUM_CPU} virtual CPUs for a FastProd cluster: ${agentCount} x ${vmSize} has ${cpu}.`,
      { suggestion: 'Use more agents or a larger size, or make it a DevTest cluster (cluster purpose DevTest).' },
    );
  }
}

async function toCompute(state: State, record: ComputeRecord): Promise<Compute> {
  const { workspaceId: _, workspace, clusterResourceId, operationId: __, id: ___, ...rest } = record;
  const services: readonly ServiceRecord[] = await state.services.onCompute(record.id);
  parseClusterId(clusterResourceId);
  return {
    ...rest,
    id: `${workspaceId(workspace)}/computes/${record.name}`,
    tags: { ...record.tags },
    provisioningErrors: [...record.provisioningErrors],
    computeType: 'AKS',
    resourceId: clusterResourceId,
    capacity: clusterCapacity(record),
    reserved: reservedBy(services),
  };
}
