/** The checks that azureml-core asks for before it sends a request: of their answers it shows the sentence, of others all. */
import {
  DEFAULT_SETTINGS,
  FarledError,
  isFarledError,
  mergeSettings,
  newSettings,
  parseModelId,
  parseOrThrow,
  routes,
  ServiceName,
  ServiceSettings,
  type WorkspaceReference,
} from '@farled/contract';
import { askedByModels, toErrorBody } from '@farled/server';
import { z } from 'zod';

import { type CompatibleAnswer, json } from '../answer.ts';
import { sentence } from '../dialects/sentence.ts';
import type { EndpointDeployment } from '../endpoints/deployment.ts';
import type { EndpointRequests } from '../endpoints/endpoint-requests.ts';
import { isEndpointRequest } from '../endpoints/wire-request.ts';
import type { CompatibleParts } from '../parts.ts';
import { type CompatibleRequest, type CompatibleRoute, MODEL_MANAGEMENT, SUPPORTED } from '../route.ts';
import { contextOf } from './asked.ts';
import { lackOfRoom } from './room.ts';
import type { ServiceRequests } from './service-requests.ts';
import { ValidateRequest } from './wire-request.ts';

export function validationRoutes(
  { api, state }: CompatibleParts,
  requests: ServiceRequests,
  endpoints: EndpointRequests,
): readonly CompatibleRoute[] {
  const refuseExisting = async (workspace: WorkspaceReference, name: string): Promise<void> => {
    parseOrThrow(z.object({ name: ServiceName }), { name }, 'The service');
    const { key } = await state.workspaces.get(workspace);
    if ((await state.endpoints.find(key, name)) !== undefined) {
      throw new FarledError('EndpointAlreadyExists', `There is an endpoint "${name}" already.`, {
        suggestion: 'Add a version to it with create_version, deploy with overwrite=True, or choose another name.',
      });
    }
    if ((await state.services.find(key, name)) !== undefined) {
      throw new FarledError('ServiceAlreadyExists', `There is a service "${name}" already.`, {
        suggestion: 'Update it, deploy with overwrite=True, or choose another name.',
      });
    }
  };
  const refuseCreation = async (request: CompatibleRequest, body: unknown): Promise<void> => {
    if (isEndpointRequest(body)) {
      const { name, deployment } = await endpoints.deployment(body, request);
      const params = { ...request.workspace, endpoint: name };
      await api.rehearse(routes.endpoints.create, { params, query: undefined, body: deployment }, contextOf(request));
      return;
    }
    const { service, deployment } = await requests.deployment(body, request);
    const params = { ...request.workspace, service };
    await api.rehearse(routes.services.deploy, { params, query: undefined, body: deployment }, contextOf(request));
  };
  const refuseUpdate = async (request: CompatibleRequest, service: string, patch: unknown): Promise<void> => {
    const { key } = await state.workspaces.get(request.workspace);
    if ((await state.endpoints.find(key, service)) !== undefined) {
      const change = await endpoints.update(service, patch, request);
      await change((route, input) => api.rehearse(route, input, contextOf(request)));
      return;
    }
    const body = await requests.update(service, patch, request);
    const params = { ...request.workspace, service };
    await api.rehearse(routes.services.update, { params, query: undefined, body }, contextOf(request));
  };
  const common = { method: 'POST', support: SUPPORTED, dialect: 'modelManagement', need: 'write' } as const;
  return [
    {
      ...common,
      row: 'F1',
      path: `${MODEL_MANAGEMENT}/services/validate/name/:service`,
      client: 'Model.deploy without overwrite',
      answer: ({ workspace, params }) => verdict(() => refuseExisting(workspace, params['service'] ?? '')),
    },
    {
      ...common,
      row: 'F2',
      path: `${MODEL_MANAGEMENT}/services/validate`,
      client: 'Model.deploy, update, delete',
      answer: (request) =>
        verdict(async () => {
          const said = parseOrThrow(ValidateRequest, request.body, 'The request');
          switch (said.type?.toLowerCase()) {
            case 'create':
              return refuseCreation(request, said.createRequest);
            case 'update':
              return refuseUpdate(request, said.serviceName ?? '', said.updateRequest);
            case 'delete':
              // Whatever is there can be deleted, and what is not there is no fault of the request.
              return;
            default:
              throw new FarledError('BadArgument', 'type must be Create, Update or Delete.');
          }
        }),
    },
    {
      ...common,
      row: 'F3',
      path: `${MODEL_MANAGEMENT}/services/validate/resource`,
      client: 'Model.deploy without overwrite',
      answer: (request) =>
        verdict(async () => {
          const { workspace, signal } = request;
          await refuseCreation(request, request.body);
          const deployment = isEndpointRequest(request.body)
            ? versionAsked((await endpoints.deployment(request.body, request)).deployment)
            : (await requests.deployment(request.body, request)).deployment;
          const said = parseOrThrow(ServiceSettings.input, deployment.settings ?? {}, 'The request');
          const params = { ...workspace, compute: deployment.computeName };
          const compute = await api.call(
            routes.computes.get,
            { params, query: undefined, body: undefined },
            { signal },
          );
          const { key } = await state.workspaces.get(workspace);
          const models = await Promise.all(
            (deployment.models ?? []).map((id) => state.models.get(key, parseModelId(id))),
          );
          const lack = lackOfRoom(compute, newSettings(mergeSettings(DEFAULT_SETTINGS, askedByModels(models)), said));
          if (lack !== undefined) {
            throw new FarledError('Unschedulable', lack);
          }
        }),
    },
  ];
}

/** What of an endpoint takes room. */
function versionAsked({ computeName, version }: EndpointDeployment) {
  return { computeName, models: version.models, settings: version.settings };
}

/** contract 7.3: also what is refused is answered with 200, and only what is right without `error`. */
async function verdict(check: () => Promise<void>): Promise<CompatibleAnswer> {
  try {
    await check();
    return json({});
  } catch (error) {
    if (!isFarledError(error)) {
      throw error;
    }
    return json({ error: { message: sentence(toErrorBody(error)) } });
  }
}
