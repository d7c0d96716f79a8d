import { randomUUID } from 'node:crypto';

import { FarledError } from '@farled/contract';
import { changeTags, type ServiceRecord } from '@farled/state';

import { addProperties } from '../add-properties.ts';
import { checkFiles } from '../check-files.ts';
import { requireNoTokenService, requireTokenService } from '../credential-kinds.ts';
import type { HandlersOf } from '../handler.ts';
import { withoutSecrets } from '../inference-secrets.ts';
import { newKey, newKeys, saidKeys } from '../keys.ts';
import { streamLogs } from '../log-stream.ts';
import { noCodeInference, noCodeInferenceAgain } from '../no-code/inference.ts';
import { operate, type Target } from '../operate.ts';
import type { AppParts } from '../parts.ts';
import { rollbackSpec } from '../rollback.ts';
import { toService } from '../service-resource.ts';
import { checkTarget, resolveSpec } from '../service-spec.ts';
import { refuseEndpointName, refuseNameElsewhere } from '../taken-names.ts';

interface ServiceTarget extends Target {
  readonly present: ServiceRecord | undefined;
}

export function serviceHandlers(parts: AppParts): HandlersOf<'services'> {
  const { state, artifacts } = parts;
  const getRecord = async (
    params: Parameters<typeof state.workspaces.get>[0] & { service: string },
  ): Promise<ServiceRecord> => {
    const { key } = await state.workspaces.get(params);
    return state.services.get(key, params.service);
  };

  return {
    listServices: async ({ params, query }) => {
      const { key } = await state.workspaces.get(params);
      const { count, skipToken, computeType, ...filter } = query;
      if (computeType !== undefined && computeType.toUpperCase() !== 'AKS') {
        return [200, { value: [] }];
      }
      const page = await state.services.list(key, filter, { count, skipToken });
      const computes = page.value.length === 0 ? [] : await state.computes.all();
      return [200, { ...page, value: page.value.map((service) => toService(service, computes, parts)) }];
    },
    deployService: async ({ params, body: { operationId, overwrite, keys, ...body } }) => {
      const workspace = await state.workspaces.get(params);
      const { computeName, models, settings, description, tags, properties } = body;
      const noCode = body.inference === undefined;
      const inference = body.inference ?? (await noCodeInference(parts, workspace, models));
      await checkFiles(artifacts, inference.source);
      const operation = await operate<ServiceTarget>(
        state,
        workspace,
        { operationId, request: { kind: 'DeployService', params, overwrite, keys, body: withoutSecrets(state, body) } },
        async (stores) => {
          const present = await stores.services.find(workspace.key, params.service);
          if (present !== undefined && !overwrite) {
            throw new FarledError('ServiceAlreadyExists', `There is a service "${params.service}" already.`, {
              suggestion: 'Update it, deploy with overwrite, or choose another name.',
            });
          }
          await refuseEndpointName(stores, workspace, params.service);
          await refuseNameElsewhere(stores, workspace, params.service, computeName);
          const kind = present === undefined ? 'CreateService' : 'UpdateService';
          return { kind, type: 'service', id: present?.id ?? randomUUID(), name: params.service, present };
        },
        async (stores, { id, name, present }, operationOfIt) => {
          const wanted = { computeName, models, inference, noCode, settings };
          const spec = await resolveSpec(stores, workspace, wanted, undefined);
          const texts = { description, tags, properties, operationId: operationOfIt };
          if (present === undefined) {
            await stores.services.create({ id, workspaceId: workspace.key, name, spec, ...texts });
            await stores.keys.set(id, newKeys(keys));
          } else {
            await stores.services.change(id, { spec, ...texts });
            await stores.keys.set(id, { ...(await stores.keys.get(id)), ...saidKeys(keys) });
          }
        },
      );
      return [202, operation];
    },
    getService: async ({ params }) => {
      const service = await getRecord(params);
      const compute = await state.computes.find(service.workspaceId, service.spec.computeName);
      return [200, toService(service, compute === undefined ? [] : [compute], parts)];
    },
    updateService: async ({ params, body: { operationId, ...body } }) => {
      const workspace = await state.workspaces.get(params);
      const inference = body.inference ?? (await noCodeInferenceAgain(parts, workspace, params.service, body.models));
      if (inference !== undefined) {
        await checkFiles(artifacts, inference.source);
      }
      const operation = await operate(
        state,
        workspace,
        { operationId, request: { kind: 'UpdateService', params, body: withoutSecrets(state, body) } },
        async (stores) => {
          const present = await stores.services.get(workspace.key, params.service);
          return { kind: 'UpdateService', type: 'service', id: present.id, name: present.name, present } as const;
        },
        async (stores, { id, present }, operationOfIt) => {
          const { models = present.spec.models, settings = {} } = body;
          const noCode = body.inference === undefined;
          const wanted = { computeName: present.spec.computeName, models, inference, noCode, settings };
          const spec = await resolveSpec(stores, workspace, wanted, present.spec);
          await stores.services.change(id, {
            spec,
            ...(body.description === undefined ? {} : { description: body.description }),
            tags: changeTags(present.tags, body),
            properties: addProperties(present.properties, body.addProperties ?? {}),
            operationId: operationOfIt,
          });
        },
      );
      return [202, operation];
    },
    rollBackService: async ({ params, body: { operationId } }) => {
      const workspace = await state.workspaces.get(params);
      const operation = await operate(
        state,
        workspace,
        { operationId, request: { kind: 'RollBackService', params } },
        async (stores) => {
          const present = await stores.services.get(workspace.key, params.service);
          return { kind: 'RollBackService', type: 'service', id: present.id, name: present.name, present } as const;
        },
        async (stores, { id, name, present }, operationOfIt) => {
          const spec = rollbackSpec(present);
          await checkTarget(stores, workspace, spec.computeName);
          await refuseNameElsewhere(stores, workspace, name, spec.computeName);
          await stores.services.change(id, { spec, operationId: operationOfIt });
        },
      );
      return [202, operation];
    },
    deleteService: async ({ params, query: { operationId } }) => {
      const workspace = await state.workspaces.get(params);
      const asked = operationId === undefined ? undefined : await state.operations.find(workspace.key, operationId);
      if (asked === undefined && (await state.services.find(workspace.key, params.service)) === undefined) {
        return [204];
      }
      const operation = await operate(
        state,
        workspace,
        { operationId, request: { kind: 'DeleteService', params } },
        async (stores) => {
          const present = await stores.services.get(workspace.key, params.service);
          return { kind: 'DeleteService', type: 'service', id: present.id, name: present.name } as const;
        },
        (stores, { id }, operationOfIt) => stores.services.markDeleting(id, operationOfIt),
      );
      return [202, operation];
    },
    listServiceKeys: async ({ params }) => {
      const service = await getRecord(params);
      requireNoTokenService(service);
      return [200, await state.keys.get(service.id)];
    },
    regenerateServiceKey: async ({ params, body: { keyType, keyValue } }) => {
      const service = await getRecord(params);
      requireNoTokenService(service);
      const which = keyType === 'Primary' ? 'primaryKey' : 'secondaryKey';
      return [200, await state.keys.replace(service.id, which, keyValue ?? newKey())];
    },
    getServiceToken: async ({ params }) => {
      const service = await getRecord(params);
      requireTokenService(service);
      return [200, await parts.serviceTokens.issue(service)];
    },
    revokeServiceTokens: async ({ params }) => {
      const { id } = await getRecord(params);
      return [200, { notBefore: await state.services.revokeTokens(id) }];
    },
    getServiceLogs: async ({ params, query }) => [
      200,
      { lines: await parts.serviceLogs(await getRecord(params), query.lines) },
    ],
    getServiceDecisions: async ({ params, query }) => {
      const decisions = await parts.scalingDecisions(await getRecord(params));
      return [200, { value: decisions.slice(-query.last) }];
    },
    followServiceLogs: async ({ params, query }, { signal }) => [
      200,
      { bytes: await streamLogs(parts, await getRecord(params), query.lines, signal) },
    ],
  };
}
