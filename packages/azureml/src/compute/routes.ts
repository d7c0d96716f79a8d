import {
  type Compute,
  FarledError,
  isFarledError,
  OperationId,
  type RouteArguments,
  routes,
  workspaceId,
} from '@farled/contract';

import { json } from '../answer.ts';
import type { CompatibleParts } from '../parts.ts';
import { type CompatibleRequest, type CompatibleRoute, SCOPE, SUPPORTED } from '../route.ts';
import { attachAgain } from './update-request.ts';
import { toWireCompute } from './wire-compute.ts';
import { toWireComputeOperation } from './wire-operation.ts';
import { type ComputeRequest, fromWireCompute } from './wire-request.ts';

const COMPUTE = `${SCOPE}/computes/:compute`;
const OPERATIONS = 'computeOperations';
/** The client comes again after 5 s: what ends before that is better told at once. */
const PATIENCE_MS = 2000;
/** No log is as long: only the end of the operation is waited for. */
const NO_LINE = 1_000_000_000;
/** In place of the id of an operation: there was nothing to do. */
const NOTHING = 'nothing';

export function computeRoutes({ api, state, url }: CompatibleParts): readonly CompatibleRoute[] {
  const contextOf = ({ caller, signal }: CompatibleRequest) => ({ caller: caller ?? undefined, signal });
  const pathOf = ({ workspace, params }: CompatibleRequest) => ({ ...workspace, compute: params['compute'] ?? '' });
  const pointer = (request: CompatibleRequest, operation: string) => ({
    'azure-asyncoperation': `${url()}${workspaceId(request.workspace)}/${OPERATIONS}/${operation}?api-version=2020-02-02`,
  });
  /** A request that is repeated because its answer was lost has the id that it had: it starts nothing new. */
  const operationIdOf = ({ headers }: CompatibleRequest): string | undefined =>
    OperationId.safeParse(headers['x-ms-client-request-id']).data;

  const toWire = async (request: CompatibleRequest, compute: Compute) => {
    const { location } = await state.workspaces.get(request.workspace);
    const cluster = compute.clusterKind === 'local' ? undefined : await state.clusters.find(compute.resourceId);
    const { version } = await api.call(
      routes.server.info,
      { params: undefined, query: undefined, body: undefined },
      contextOf(request),
    );
    return toWireCompute(compute, { location, version, apiServer: cluster?.kubernetes?.server ?? null });
  };
  const find = (request: CompatibleRequest): Promise<Compute> =>
    api.call(routes.computes.get, { params: pathOf(request), query: undefined, body: undefined }, contextOf(request));
  const put = async (request: CompatibleRequest, said: Readonly<Record<string, unknown>>): Promise<string> => {
    const body = { ...said, operationId: operationIdOf(request) } as RouteArguments<typeof routes.computes.put>['body'];
    const asked = { params: pathOf(request), query: undefined, body };
    return (await api.call(routes.computes.put, asked, contextOf(request))).id;
  };
  const carryOut = async (request: CompatibleRequest, wanted: ComputeRequest): Promise<string> => {
    if (wanted.kind === 'update') {
      const again = attachAgain(await find(request), wanted.change);
      return again === null ? NOTHING : put(request, { ...again, mode: 'attach' });
    }
    const said = { ...wanted.body, mode: wanted.kind };
    try {
      return await put(request, said);
    } catch (error) {
      // Who attaches a KubernetesCompute can not say what it is for, so that its size says it.
      if (wanted.kind === 'attach' && wanted.ofAnySize && isFarledError(error) && error.code === 'ComputeTooSmall') {
        return put(request, { ...said, clusterPurpose: 'DevTest' });
      }
      throw error;
    }
  };

  /** @throws FarledError BadArgument for anything else, and for the deletion of a cluster that Farled did not make. */
  const removalOf = async ({ query, workspace, params }: CompatibleRequest): Promise<'delete' | 'detach'> => {
    const action = query['underlyingResourceAction']?.toLowerCase();
    if (action !== 'delete' && action !== 'detach') {
      throw new FarledError('BadArgument', 'underlyingResourceAction of the query must be Delete or Detach.', {
        suggestion: 'Detach leaves the cluster, Delete takes it along.',
      });
    }
    const { key } = await state.workspaces.get(workspace);
    const present = await state.computes.find(key, params['compute'] ?? '');
    if (action === 'delete' && present?.attached === true) {
      throw new FarledError(
        'BadArgument',
        `Compute target "${present.name}" is attached: Farled did not make its cluster.`,
        {
          suggestion: 'Detach it, which leaves the cluster.',
        },
      );
    }
    return action;
  };

  const get: CompatibleRoute['answer'] = async (request) => json(await toWire(request, await find(request)));
  const list: CompatibleRoute['answer'] = async (request) => {
    const query = { skipToken: request.query['$skipToken'] };
    const found = await api.call(
      routes.computes.list,
      { params: request.workspace, query, body: undefined },
      contextOf(request),
    );
    const value = await Promise.all(found.value.map((compute) => toWire(request, compute)));
    // The key must not be there on the last page.
    const next = `${url()}/rp/workspaces${workspaceId(request.workspace)}/computes?$skipToken=${encodeURIComponent(found.skipToken ?? '')}`;
    return json({ value, ...(found.skipToken === undefined ? {} : { nextLink: next }) });
  };
  const common = { dialect: 'arm', support: SUPPORTED } as const;
  const read = { ...common, method: 'GET', need: 'read' } as const;
  return [
    {
      ...common,
      row: 'C1',
      method: 'PUT',
      path: COMPUTE,
      client: 'ComputeTarget.create, ComputeTarget.attach, AksCompute.update',
      need: 'write',
      support: {
        kind: 'differs',
        why: 'A cluster that is created is a share of this machine, so that virtual networks are left out; one that is attached was made known by `farled cluster add`. A KubernetesCompute becomes an AksCompute, for FastProd when it has 12 vCPUs and for DevTest otherwise. SSL, managed identities and other types than AKS and Kubernetes are refused.',
      },
      answer: async (request) => {
        const wanted = fromWireCompute(request.body);
        const operation = await carryOut(request, wanted);
        const status = wanted.kind === 'update' ? 200 : 201;
        return json(await toWire(request, await find(request)), status, pointer(request, operation));
      },
    },
    ...[COMPUTE, `/rp/workspaces${COMPUTE}`].map((path): CompatibleRoute => ({
      ...read,
      row: 'C2',
      path,
      client: 'AksCompute(workspace, name), get_status',
      answer: get,
    })),
    ...[`${SCOPE}/computes`, `/rp/workspaces${SCOPE}/computes`].map((path): CompatibleRoute => ({
      ...read,
      row: 'C3',
      path,
      client: 'ComputeTarget.list, Workspace.compute_targets',
      answer: list,
    })),
    {
      ...common,
      row: 'C4',
      method: 'DELETE',
      path: COMPUTE,
      client: 'AksCompute.delete, AksCompute.detach',
      need: 'write',
      answer: async (request) => {
        const removal = await removalOf(request);
        const asked = {
          params: pathOf(request),
          query: { operationId: operationIdOf(request) },
          body: undefined,
        };
        const { id } = await api.call(routes.computes[removal], asked, contextOf(request));
        return { status: 202, headers: pointer(request, id) };
      },
    },
    {
      ...common,
      row: 'C5',
      method: 'POST',
      path: `${COMPUTE}/listKeys`,
      client: 'AksCompute.get_credentials',
      need: 'manage',
      support: {
        kind: 'differs',
        why: 'Only owners are shown the kubeconfig, which has the credential that the cluster was added with; this machine has none.',
      },
      answer: async (request) => {
        const { kubeconfig } = await api.call(
          routes.computes.credentials,
          { params: pathOf(request), query: undefined, body: undefined },
          contextOf(request),
        );
        return json(
          { computeType: 'AKS', userKubeConfig: kubeconfig, adminKubeConfig: kubeconfig, imagePullSecretName: null },
          200,
          { 'cache-control': 'no-store' },
        );
      },
    },
    {
      ...read,
      row: 'C6',
      path: `${SCOPE}/${OPERATIONS}/:operation`,
      client: 'wait_for_completion',
      answer: async (request) => {
        const { operation = '' } = request.params;
        if (operation === NOTHING) {
          return json({ id: NOTHING, name: NOTHING, status: 'Succeeded' });
        }
        const params = { ...request.workspace, operation };
        const query = { from: NO_LINE, waitMs: PATIENCE_MS };
        await api.call(routes.operations.log, { params, query, body: undefined }, contextOf(request));
        const found = await api.call(
          routes.operations.get,
          { params, query: undefined, body: undefined },
          contextOf(request),
        );
        return json(toWireComputeOperation(found));
      },
    },
  ];
}
