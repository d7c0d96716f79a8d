import { FarledError, type Operation, routes, ServiceName, type WorkspaceReference } from '@farled/contract';

import { type CompatibleAnswer, json } from '../answer.ts';
import { deleteEndpoint } from '../endpoints/delete-endpoint.ts';
import { describeEndpoints } from '../endpoints/describe-endpoints.ts';
import type { EndpointRequests } from '../endpoints/endpoint-requests.ts';
import { listEndpoints } from '../endpoints/list-endpoints.ts';
import { isEndpointRequest } from '../endpoints/wire-request.ts';
import { modelManagementPath } from '../operations/address.ts';
import { hasEndedWithin } from '../operations/operation-end.ts';
import type { CompatibleParts } from '../parts.ts';
import { type CompatibleRequest, type CompatibleRoute, MODEL_MANAGEMENT, SUPPORTED } from '../route.ts';
import { contextOf } from './asked.ts';
import { deleteService } from './delete-service.ts';
import { describeServices } from './describe-service.ts';
import { nextPage, serviceFilter } from './service-filter.ts';
import type { ServiceRequests } from './service-requests.ts';

const SERVICES = `${MODEL_MANAGEMENT}/services`;
const SERVICE = `${SERVICES}/:service`;
/** Nothing of what runs has to be replaced for them. */
const LABELS_MS = 10_000;

export function lifecycleRoutes(
  parts: CompatibleParts,
  requests: ServiceRequests,
  endpoints: EndpointRequests,
): readonly CompatibleRoute[] {
  const { api, state, url } = parts;
  const isEndpoint = async (workspace: WorkspaceReference, name: string): Promise<boolean> => {
    const { key } = await state.workspaces.get(workspace);
    return (await state.endpoints.find(key, name)) !== undefined;
  };
  const readEndpoint = async ({ workspace, signal }: CompatibleRequest, endpoint: string) => {
    const input = { params: { ...workspace, endpoint }, query: undefined, body: undefined };
    const [described] = await describeEndpoints(parts, workspace, [
      await api.call(routes.endpoints.get, input, { signal }),
    ]);
    return described;
  };
  const read = async (request: CompatibleRequest, service: string) => {
    const { workspace, signal } = request;
    if (await isEndpoint(workspace, service)) {
      return readEndpoint(request, service);
    }
    const found = await api.call(
      routes.services.get,
      { params: { ...workspace, service: existingName(service) }, query: undefined, body: undefined },
      { signal },
    );
    const [described] = await describeServices(parts, workspace, [found]);
    return described;
  };
  /** The client goes on with the operation, and reads the service anew. */
  const accepted = (workspace: WorkspaceReference, { id }: Operation, body: unknown): CompatibleAnswer =>
    json(body, 202, { 'operation-location': `${url()}${modelManagementPath(workspace)}/operations/${id}` });

  const create = async (request: CompatibleRequest): Promise<CompatibleAnswer> => {
    const { workspace, body } = request;
    if (isEndpointRequest(body)) {
      const { name, deployment: endpoint } = await endpoints.deployment(body, request);
      const at = { params: { ...workspace, endpoint: name }, query: undefined, body: endpoint };
      const started = await api.call(routes.endpoints.create, at, contextOf(request));
      return accepted(workspace, started, await read(request, name));
    }
    const { service, deployment } = await requests.deployment(body, request);
    const params = { ...workspace, service };
    const operation = await api.call(
      routes.services.deploy,
      { params, query: undefined, body: deployment },
      contextOf(request),
    );
    return accepted(workspace, operation, await read(request, service));
  };
  const update = async (request: CompatibleRequest): Promise<CompatibleAnswer> => {
    const { workspace, params, body, signal } = request;
    const service = existingName(params['service'] ?? '');
    if (await isEndpoint(workspace, service)) {
      const change = await endpoints.update(service, body, request);
      const started = await change((route, input) => api.call(route, input, contextOf(request)));
      return accepted(workspace, started as Operation, await read(request, service));
    }
    const changes = await requests.update(service, body, request);
    const at = { ...workspace, service };
    const operation = await api.call(
      routes.services.update,
      { params: at, query: undefined, body: changes },
      contextOf(request),
    );
    // Scripts change one label after the other, and do not wait between them.
    const replaces = changes.settings !== undefined || changes.inference !== undefined;
    return !replaces && (await hasEndedWithin(parts, workspace, operation, LABELS_MS, signal))
      ? json(await read(request, service))
      : accepted(workspace, operation, await read(request, service));
  };
  const remove = async (request: CompatibleRequest): Promise<CompatibleAnswer> => {
    const service = request.params['service'] ?? '';
    const { workspace } = request;
    if (!ServiceName.safeParse(service).success) {
      return { status: 204 };
    }
    const operation = (await isEndpoint(workspace, service))
      ? await deleteEndpoint(parts, service, request)
      : await deleteService(parts, service, request);
    return operation === undefined ? { status: 204 } : accepted(workspace, operation, {});
  };
  const list = async ({ workspace, query, signal }: CompatibleRequest): Promise<CompatibleAnswer> => {
    const filter = serviceFilter(query);
    if (filter === null) {
      return json({ value: [] });
    }
    const page = await api.call(
      routes.services.list,
      { params: workspace, query: filter, body: undefined },
      { signal },
    );
    const address = `${url()}${modelManagementPath(workspace)}/services`;
    // After the last of the services.
    const shared = page.skipToken === undefined ? await listEndpoints(parts, workspace, filter, signal) : [];
    return json({
      value: [...(await describeServices(parts, workspace, page.value)), ...shared],
      ...(page.skipToken === undefined ? {} : { nextLink: nextPage(address, query, page.skipToken) }),
    });
  };

  const common = { support: SUPPORTED, dialect: 'modelManagement' } as const;
  return [
    { ...common, row: 'F4', method: 'POST', path: SERVICES, client: 'Model.deploy', need: 'write', answer: create },
    {
      ...common,
      row: 'F5',
      method: 'GET',
      path: SERVICE,
      client: 'Webservice(ws, name), update_deployment_state',
      need: 'find',
      answer: async (request) => json(await read(request, request.params['service'] ?? '')),
    },
    {
      ...common,
      row: 'F6',
      method: 'GET',
      path: SERVICES,
      client: 'Webservice.list, ws.webservices',
      need: 'read',
      answer: list,
    },
    {
      ...common,
      row: 'F7',
      method: 'PATCH',
      path: SERVICE,
      client: 'service.update, add_tags, remove_tags, add_properties',
      need: 'write',
      answer: update,
    },
    {
      ...common,
      row: 'F8',
      method: 'DELETE',
      path: SERVICE,
      client: 'service.delete',
      support: {
        kind: 'differs',
        why: 'A service in transition is deleted too: what is under way is cancelled first.',
      },
      need: 'write',
      answer: remove,
    },
    {
      ...common,
      row: 'F14',
      method: 'POST',
      path: `${SERVICES}/migrate`,
      client: 'service.update(is_migration=True)',
      support: { kind: 'refused', why: 'There is no other kind of endpoint to migrate a service to.' },
      need: 'write',
      answer: () =>
        Promise.reject(
          new FarledError('NotSupportedYet', 'Farled has no Kubernetes online endpoints to migrate services to.', {
            suggestion: 'Go on with the service: it runs on any compute target.',
          }),
        ),
    },
  ];
}

/** @throws FarledError ServiceNotFound for a name that none can have, because clients ask for such ones too. */
function existingName(name: string): string {
  if (!ServiceName.safeParse(name).success) {
    throw new FarledError('ServiceNotFound', `There is no service "${name.slice(0, 100)}" in this workspace.`);
  }
  return name;
}
