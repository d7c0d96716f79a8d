import { randomUUID } from 'node:crypto';

import {
  clusterCapacity,
  type Compute,
  FarledError,
  LOAD_BALANCER_TYPES,
  type PutCompute,
  workspaceId,
} from '@farled/contract';
import type { ComputeRecord, State } from '@farled/state';

import { attachedBefore } from '../compute-again.ts';
import { findPlace, lookAt } from '../compute-place.ts';
import { checkPurpose } from '../compute-purpose.ts';
import type { HandlersOf } from '../handler.ts';
import { operate, startedBefore } from '../operate.ts';
import type { AppParts } from '../parts.ts';
import { reservedBy } from '../reserved.ts';
import { scoringUrlOf } from '../scoring-url.ts';

export function computeHandlers(parts: AppParts): HandlersOf<'computes'> {
  const { state } = parts;
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
  const toCompute = async (record: ComputeRecord): Promise<Compute> => {
    const { workspaceId: _, workspace, clusterResourceId, kubernetes, operationId: __, id: ___, ...rest } = record;
    return {
      ...rest,
      id: `${workspaceId(workspace)}/computes/${record.name}`,
      tags: { ...record.tags },
      provisioningErrors: [...record.provisioningErrors],
      computeType: 'AKS',
      resourceId: clusterResourceId,
      scoringUrl: scoringUrlOf(record, parts),
      capacity: { ...clusterCapacity(record), gpu: kubernetes?.allocatable.gpu ?? 0 },
      reserved: reservedBy(await state.services.onCompute(record.id)),
    };
  };
  const detach = removal('DetachCompute');
  const remove = removal('DeleteCompute');

  return {
    listComputes: async ({ params, query }) => {
      const { key } = await state.workspaces.get(params);
      const page = await state.computes.list(key, query);
      return [200, { ...page, value: await Promise.all(page.value.map(toCompute)) }];
    },
    getCompute: async ({ params }) => {
      const { key } = await state.workspaces.get(params);
      return [200, await toCompute(await state.computes.get(key, params.compute))];
    },
    putCompute: async ({ params, body: { operationId, ...asked } }, { signal }) => {
      const workspace = await state.workspaces.get(params);
      const request = {
        operationId,
        request: { kind: 'CreateCompute', params, asked: withoutSecrets(state, asked) },
      };
      // A repeated request needs no second look at the cluster, which may be out of reach by now.
      const started = await startedBefore(state, workspace, request);
      if (started !== undefined) {
        return [202, started];
      }
      await attachedBefore(state, workspace.key, params.compute, asked);
      const found = await lookAt(parts, asked, signal);
      const operation = await operate(
        state,
        workspace,
        request,
        async (stores) => {
          const before = await attachedBefore(stores, workspace.key, params.compute, asked);
          const { id, name } = before ?? { id: randomUUID(), name: params.compute };
          return { kind: before === undefined ? 'CreateCompute' : 'UpdateCompute', type: 'compute', id, name, before };
        },
        async (stores, { id, name, before }, operationOfIt) => {
          const { cluster, fields } = await findPlace(stores, workspace, name, asked, { found, before });
          checkPurpose(asked.clusterPurpose, cluster);
          const { clusterPurpose, loadBalancerType, description, tags } = asked;
          const { attached, location, ...others } = fields;
          const said = { ...others, clusterPurpose, loadBalancerType, description, tags, operationId: operationOfIt };
          await (before === undefined
            ? stores.computes.create({
                ...said,
                id,
                workspaceId: workspace.key,
                name,
                clusterResourceId: cluster.resourceId,
                attached,
                location,
              })
            : stores.computes.change(id, said));
        },
      );
      return [202, operation];
    },
    getKubernetesManifests: async ({ params, query }) => {
      const workspace = await state.workspaces.get(params);
      const present = await state.computes.find(workspace.key, params.compute);
      const yaml = await parts.clusters.manifests({
        workspace: params,
        compute: present?.name ?? params.compute,
        clusterPurpose: query.clusterPurpose ?? present?.clusterPurpose ?? 'FastProd',
        serviceType: query.serviceType ?? present?.serviceType ?? 'LoadBalancer',
        loadBalancerType:
          query.loadBalancerType ??
          LOAD_BALANCER_TYPES.find((type) => type === present?.loadBalancerType) ??
          'PublicIp',
        loadBalancerSubnet: query.loadBalancerSubnet ?? present?.loadBalancerSubnet ?? null,
        namespace: query.namespace ?? present?.namespace ?? null,
        image: query.image ?? null,
      });
      return [200, { yaml }];
    },
    getComputeCredentials: async ({ params }) => {
      const { key } = await state.workspaces.get(params);
      const { name, clusterKind, clusterResourceId } = await state.computes.get(key, params.compute);
      const connection = await state.clusters.connection(clusterResourceId);
      if (connection !== undefined) {
        return [200, { kubeconfig: parts.clusters.kubeconfig(connection, name) }];
      }
      throw clusterKind === 'local'
        ? new FarledError('BadArgument', `Compute target "${name}" is this machine, which has no kubeconfig.`, {
            suggestion: 'Services on it are looked into with `farled service show` and `farled service get-logs`.',
          })
        : new FarledError('KubernetesUnaccessible', `Nothing is recorded of how to reach the cluster of "${name}".`, {
            suggestion: 'Add its kubeconfig again: `farled cluster add`.',
          });
    },
    detachCompute: async ({ params, query }) => [202, await detach(params, query.operationId)],
    deleteCompute: async ({ params, query }) => [202, await remove(params, query.operationId)],
  };
}

/** The request as it goes into the digest that tells it from another. */
function withoutSecrets(state: State, asked: PutCompute): unknown {
  return asked.mode === 'attach' && asked.kubernetes !== undefined && 'kubeconfig' in asked.kubernetes
    ? { ...asked, kubernetes: { ...asked.kubernetes, kubeconfig: state.fingerprint(asked.kubernetes.kubeconfig) } }
    : asked;
}
