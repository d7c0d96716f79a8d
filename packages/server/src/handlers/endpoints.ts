import { randomUUID } from 'node:crypto';

import {
  addVersion,
  changeTraffic,
  changeVersion,
  FarledError,
  firstVersion,
  hasEnded,
  removeVersion,
  type Traffic,
} from '@farled/contract';
import { changeTags, type EndpointRecord, type ServiceRecord, type Sharing, type Stores } from '@farled/state';

import { addProperties } from '../add-properties.ts';
import { checkFiles } from '../check-files.ts';
import { authenticationOf, requireNoTokens, requireTokens } from '../endpoint-authentication.ts';
import { toEndpoint } from '../endpoint-resource.ts';
import type { HandlersOf } from '../handler.ts';
import { withoutSecrets } from '../inference-secrets.ts';
import { newKey, newKeys, saidKeys } from '../keys.ts';
import { streamLogs } from '../log-stream.ts';
import { operate, type Target } from '../operate.ts';
import type { AppParts } from '../parts.ts';
import { rolloutHandlers } from '../rollout.ts';
import { resolveSpec } from '../service-spec.ts';
import { refuseNameElsewhere, refuseServiceName } from '../taken-names.ts';

interface EndpointTarget extends Target {
  readonly endpoint: EndpointRecord;
}

interface VersionTarget extends EndpointTarget {
  readonly service: ServiceRecord;
}

interface DeployTarget extends Target {
  readonly endpoint: EndpointRecord | undefined;
  readonly service: ServiceRecord | undefined;
}

interface EndpointParams extends Record<'subscriptionId' | 'resourceGroup' | 'workspace', string> {
  readonly endpoint: string;
}

export function endpointHandlers(parts: AppParts): HandlersOf<'endpoints'> {
  const { state, artifacts } = parts;
  const getEndpoint = async (params: EndpointParams): Promise<EndpointRecord> => {
    const { key } = await state.workspaces.get(params);
    return state.endpoints.get(key, params.endpoint);
  };
  const getVersion = async (params: EndpointParams & { readonly version: string }): Promise<ServiceRecord> =>
    versionOf(state, await getEndpoint(params), params.version);

  return {
    listEndpoints: async ({ params, query: { count, skipToken, ...filter } }) => {
      const { key } = await state.workspaces.get(params);
      const page = await state.endpoints.list(key, filter, { count, skipToken });
      const computes = page.value.length === 0 ? [] : await state.computes.all();
      const value = await Promise.all(
        page.value.map(async (one) => toEndpoint(one, await state.services.ofEndpoint(one.id), computes, parts)),
      );
      return [200, { ...page, value }];
    },
    createEndpoint: async ({ params, body: { operationId, overwrite, keys, ...body } }) => {
      const workspace = await state.workspaces.get(params);
      const { endpoint: name } = params;
      const { computeName, versionName = name, version } = body;
      await checkFiles(artifacts, version.inference.source);
      const asked = { ...body, version: withoutSecrets(state, version) };
      const operation = await operate<DeployTarget>(
        state,
        workspace,
        { operationId, request: { kind: 'CreateEndpoint', params, overwrite, keys, body: asked } },
        async (stores) => {
          const endpoint = await stores.endpoints.find(workspace.key, name);
          if (endpoint !== undefined && !overwrite) {
            throw new FarledError('EndpointAlreadyExists', `There is an endpoint "${name}" already.`, {
              suggestion: 'Add a version to it, deploy with overwrite, or choose another name.',
            });
          }
          await refuseServiceName(stores, workspace, name);
          await refuseNameElsewhere(stores, workspace, name, computeName);
          refuseChange(endpoint, computeName);
          const service = await stores.services.find(workspace.key, recordName(name, versionName));
          const kind =
            endpoint === undefined ? 'CreateEndpoint' : service === undefined ? 'CreateVersion' : 'UpdateVersion';
          const id = service?.id ?? randomUUID();
          return { kind, type: 'version', id, name: recordName(name, versionName), endpoint, service };
        },
        async (stores, target, operationOfIt) => {
          const { models, inference, settings, description, tags, properties, ...share } = version;
          const said = { computeName, models, inference, settings };
          const spec = await resolveSpec(stores, workspace, said, undefined);
          const texts = { description: body.description, tags: body.tags, properties: body.properties };
          const { endpoint, service } = target;
          const endpointId = endpoint?.id ?? randomUUID();
          if (endpoint === undefined) {
            const traffic = firstVersion(versionName, share);
            const record = {
              id: endpointId,
              workspaceId: workspace.key,
              name,
              computeName,
              ...texts,
              ...authenticationOf(body),
              sharing: { traffic, stickyHeader: body.stickyHeader, mirror: null },
              operationId: operationOfIt,
            };
            await stores.endpoints.create(record, newKeys(keys));
          } else {
            const { sharing } = endpoint;
            const change = service === undefined ? addVersion : changeVersion;
            await stores.endpoints.change(endpointId, {
              ...texts,
              ...authenticationOf(body, endpoint),
              sharing: { ...sharing, traffic: change(sharing.traffic, versionName, share) },
              operationId: operationOfIt,
            });
            await stores.endpoints.setKeys(endpointId, saidKeys(keys));
          }
          const fields = { spec, description, tags, properties, operationId: operationOfIt };
          await (service === undefined
            ? stores.services.create({
                id: target.id,
                workspaceId: workspace.key,
                name: target.name,
                version: { endpointId, name: versionName },
                ...fields,
              })
            : stores.services.change(target.id, fields));
        },
      );
      return [202, operation];
    },
    getEndpoint: async ({ params }) => {
      const endpoint = await getEndpoint(params);
      const compute = await state.computes.find(endpoint.workspaceId, endpoint.computeName);
      const versions = await state.services.ofEndpoint(endpoint.id);
      return [200, toEndpoint(endpoint, versions, compute === undefined ? [] : [compute], parts)];
    },
    updateEndpoint: async ({ params, body: { operationId, ...body } }) => {
      const workspace = await state.workspaces.get(params);
      const operation = await operate<EndpointTarget>(
        state,
        workspace,
        { operationId, request: { kind: 'UpdateEndpoint', params, body } },
        async (stores) => {
          const endpoint = await changeable(stores, workspace.key, params.endpoint);
          return { kind: 'UpdateEndpoint', type: 'endpoint', id: endpoint.id, name: endpoint.name, endpoint };
        },
        async (stores, { id, endpoint }, operationOfIt) => {
          const { traffic: percentiles = {}, defaultVersion, controlVersion } = body;
          const { sharing } = endpoint;
          const traffic = changeTraffic(sharing.traffic, { percentiles, defaultVersion, controlVersion });
          const { stickyHeader = sharing.stickyHeader, mirror = sharing.mirror } = body;
          await stores.endpoints.change(id, {
            ...authenticationOf(body, endpoint),
            ...(body.description === undefined ? {} : { description: body.description }),
            tags: changeTags(endpoint.tags, body),
            properties: addProperties(endpoint.properties, body.addProperties ?? {}),
            sharing: checked({ traffic, stickyHeader, mirror }),
            operationId: operationOfIt,
          });
        },
      );
      return [202, operation];
    },
    deleteEndpoint: async ({ params, query: { operationId } }) => {
      const workspace = await state.workspaces.get(params);
      const asked = operationId === undefined ? undefined : await state.operations.find(workspace.key, operationId);
      if (asked === undefined && (await state.endpoints.find(workspace.key, params.endpoint)) === undefined) {
        return [204];
      }
      const operation = await operate<EndpointTarget>(
        state,
        workspace,
        { operationId, request: { kind: 'DeleteEndpoint', params } },
        async (stores) => {
          const endpoint = await stores.endpoints.get(workspace.key, params.endpoint);
          return { kind: 'DeleteEndpoint', type: 'endpoint', id: endpoint.id, name: endpoint.name, endpoint };
        },
        async (stores, { id }, operationOfIt) => {
          const versions = await stores.services.ofEndpoint(id);
          await refuseRunning(stores, versions);
          await stores.endpoints.markDeleting(id, operationOfIt);
          for (const version of versions) {
            await stores.services.markDeleting(version.id, version.operationId);
          }
        },
      );
      return [202, operation];
    },
    createEndpointVersion: async ({ params, body: { operationId, ...body } }) => {
      const workspace = await state.workspaces.get(params);
      await checkFiles(artifacts, body.inference.source);
      const name = recordName(params.endpoint, params.version);
      const operation = await operate<EndpointTarget>(
        state,
        workspace,
        { operationId, request: { kind: 'CreateVersion', params, body: withoutSecrets(state, body) } },
        async (stores) => {
          const endpoint = await changeable(stores, workspace.key, params.endpoint);
          if ((await stores.services.find(workspace.key, name)) !== undefined) {
            throw new FarledError(
              'VersionAlreadyExists',
              `Endpoint "${endpoint.name}" has a version "${params.version}".`,
              {
                suggestion: 'Update it, or choose another name.',
              },
            );
          }
          return { kind: 'CreateVersion', type: 'version', id: randomUUID(), name, endpoint };
        },
        async (stores, { id, endpoint }, operationOfIt) => {
          const { models, inference, settings, description, tags, properties, ...share } = body;
          const said = { computeName: endpoint.computeName, models, inference, settings };
          const spec = await resolveSpec(stores, workspace, said, undefined);
          await reshare(stores, endpoint, operationOfIt, (traffic) => addVersion(traffic, params.version, share));
          await stores.services.create({
            id,
            workspaceId: workspace.key,
            name,
            version: { endpointId: endpoint.id, name: params.version },
            spec,
            description,
            tags,
            properties,
            operationId: operationOfIt,
          });
        },
      );
      return [202, operation];
    },
    updateEndpointVersion: async ({ params, body: { operationId, ...body } }) => {
      const workspace = await state.workspaces.get(params);
      if (body.inference !== undefined) {
        await checkFiles(artifacts, body.inference.source);
      }
      const operation = await operate<VersionTarget>(
        state,
        workspace,
        { operationId, request: { kind: 'UpdateVersion', params, body: withoutSecrets(state, body) } },
        async (stores) => {
          const endpoint = await changeable(stores, workspace.key, params.endpoint);
          const service = await versionOf(stores, endpoint, params.version);
          return { kind: 'UpdateVersion', type: 'version', id: service.id, name: service.name, endpoint, service };
        },
        async (stores, { id, endpoint, service }, operationOfIt) => {
          const { models = service.spec.models, inference, settings = {}, trafficPercentile, isDefault, type } = body;
          const { computeName } = service.spec;
          const said = { computeName, models, inference, settings };
          const spec = await resolveSpec(stores, workspace, said, service.spec);
          const share = { trafficPercentile, isDefault, type };
          await reshare(stores, endpoint, operationOfIt, (traffic) => changeVersion(traffic, params.version, share));
          await stores.services.change(id, {
            spec,
            ...(body.description === undefined ? {} : { description: body.description }),
            tags: changeTags(service.tags, body),
            properties: addProperties(service.properties, body.addProperties ?? {}),
            operationId: operationOfIt,
          });
        },
      );
      return [202, operation];
    },
    deleteEndpointVersion: async ({ params, query: { operationId } }) => {
      const workspace = await state.workspaces.get(params);
      const operation = await operate<VersionTarget>(
        state,
        workspace,
        { operationId, request: { kind: 'DeleteVersion', params } },
        async (stores) => {
          const endpoint = await changeable(stores, workspace.key, params.endpoint);
          const service = await versionOf(stores, endpoint, params.version);
          return { kind: 'DeleteVersion', type: 'version', id: service.id, name: service.name, endpoint, service };
        },
        async (stores, { id, endpoint, service }, operationOfIt) => {
          await reshare(stores, endpoint, operationOfIt, (traffic) => removeVersion(traffic, params.version));
          await refuseLastReady(stores, service);
          await stores.services.markDeleting(id, operationOfIt);
        },
      );
      return [202, operation];
    },
    ...rolloutHandlers(parts),
    getEndpointVersionLogs: async ({ params, query }) => [
      200,
      { lines: await parts.serviceLogs(await getVersion(params), query.lines) },
    ],
    followEndpointVersionLogs: async ({ params, query }, { signal }) => [
      200,
      { bytes: await streamLogs(parts, await getVersion(params), query.lines, signal) },
    ],
    listEndpointKeys: async ({ params }) => {
      const endpoint = await getEndpoint(params);
      requireNoTokens(endpoint);
      return [200, await state.endpoints.keys(endpoint.id)];
    },
    regenerateEndpointKey: async ({ params, body: { keyType, keyValue } }) => {
      const endpoint = await getEndpoint(params);
      requireNoTokens(endpoint);
      const which = keyType === 'Primary' ? 'primaryKey' : 'secondaryKey';
      return [200, await state.endpoints.setKeys(endpoint.id, { [which]: keyValue ?? newKey() })];
    },
    getEndpointToken: async ({ params }) => {
      const endpoint = await getEndpoint(params);
      requireTokens(endpoint);
      return [200, await parts.serviceTokens.issue(endpoint)];
    },
    revokeEndpointTokens: async ({ params }) => {
      const { id } = await getEndpoint(params);
      return [200, { notBefore: await state.endpoints.revokeTokens(id) }];
    },
  };
}

/** The name in the record of the service that is a version: no user can call a service so. */
function recordName(endpoint: string, version: string): string {
  return `${endpoint}.${version}`;
}

/** @throws FarledError VersionNotFound */
async function versionOf(stores: Stores, endpoint: EndpointRecord, version: string): Promise<ServiceRecord> {
  const found = await stores.services.find(endpoint.workspaceId, recordName(endpoint.name, version));
  if (found === undefined || found.deleting) {
    const known = endpoint.sharing.traffic.versions.map(({ name }) => name);
    throw new FarledError('VersionNotFound', `Endpoint "${endpoint.name}" has no version "${version}".`, {
      suggestion: `It has: ${known.join(', ')}.`,
    });
  }
  return found;
}

/** @throws FarledError EndpointNotFound, OperationInProgress */
async function changeable(stores: Stores, workspaceId: string, name: string): Promise<EndpointRecord> {
  const endpoint = await stores.endpoints.get(workspaceId, name);
  refuseDeleting(endpoint);
  return endpoint;
}

function refuseDeleting({ name, deleting, rollout }: EndpointRecord): void {
  if (rollout?.state === 'Running') {
    throw new FarledError(
      'OperationInProgress',
      `Version "${rollout.version}" of endpoint "${name}" is being rolled out.`,
      {
        suggestion: `Wait until that has ended, or abort it: \`farled endpoint realtime rollout -n ${name} --abort\`.`,
      },
    );
  }
  if (deleting) {
    throw new FarledError('OperationInProgress', `Endpoint "${name}" is being deleted.`, {
      suggestion: 'Wait until that has ended, and create it again.',
    });
  }
}

/** @throws FarledError OperationInProgress, BadArgument */
function refuseChange(endpoint: EndpointRecord | undefined, computeName: string): void {
  if (endpoint === undefined) {
    return;
  }
  refuseDeleting(endpoint);
  if (endpoint.computeName.toLowerCase() !== computeName.toLowerCase()) {
    throw new FarledError(
      'BadArgument',
      `Endpoint "${endpoint.name}" is on compute target "${endpoint.computeName}".`,
      {
        suggestion: 'Versions of an endpoint are on one compute target: name that one, or create another endpoint.',
      },
    );
  }
}

/** @throws FarledError OperationInProgress */
async function refuseRunning(stores: Stores, versions: readonly ServiceRecord[]): Promise<void> {
  for (const { name, operationId } of versions) {
    const operation = await stores.operations.byId(operationId);
    if (operation !== undefined && !hasEnded(operation.state)) {
      throw new FarledError(
        'OperationInProgress',
        `Operation ${operation.id} (${operation.kind}) on version "${name}" has not ended.`,
        { suggestion: 'Wait until it has ended, or cancel it, and try again.' },
      );
    }
  }
}

/** @throws FarledError VersionInUse for the one that stands in for a default that never answered. */
async function refuseLastReady(stores: Stores, { id, version, lastGood }: ServiceRecord): Promise<void> {
  if (lastGood === null || version === null) {
    return;
  }
  const all = await stores.services.ofEndpoint(version.endpointId);
  if (!all.some((other) => other.id !== id && !other.deleting && other.lastGood !== null)) {
    throw new FarledError('VersionInUse', `Version "${version.name}" is the only one that ever answered.`, {
      suggestion: 'Wait until another version is healthy, or delete the endpoint.',
    });
  }
}

async function reshare(
  stores: Stores,
  { id, sharing }: EndpointRecord,
  operationId: string,
  change: (traffic: Traffic) => Traffic,
): Promise<void> {
  const traffic = change(sharing.traffic);
  const isThere = traffic.versions.some(({ name }) => name === sharing.mirror?.version);
  await stores.endpoints.change(id, {
    sharing: { ...sharing, traffic, mirror: isThere ? sharing.mirror : null },
    operationId,
  });
}

/** @throws FarledError VersionNotFound for a mirror that the endpoint does not have. */
function checked(sharing: Sharing): Sharing {
  const { traffic, mirror } = sharing;
  if (mirror !== null) {
    changeVersion(traffic, mirror.version, {});
  }
  return sharing;
}
