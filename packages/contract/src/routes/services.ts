import { z } from 'zod';

import { ServiceName } from '../names.ts';
import { FilterQuery, OperationId, page, WorkspacePath } from '../resources/common.ts';
import { Operation } from '../resources/operation.ts';
import {
  DeployService,
  RegenerateKey,
  RevokedTokens,
  RollBackService,
  Service,
  ServiceKeys,
  ServiceLogs,
  ServiceToken,
  UpdateService,
} from '../resources/service.ts';
import { BYTES, route } from '../route.ts';
import { WORKSPACE } from './workspaces.ts';

const ServicePath = WorkspacePath.extend({ service: ServiceName });
const SERVICE = `${WORKSPACE}/services/:service` as const;
const tag = 'Services';

export const LogsQuery = z.strictObject({ lines: z.coerce.number().int().min(1).max(50_000).default(5000) });

export const services = {
  list: route({
    operationId: 'listServices',
    method: 'GET',
    path: `${WORKSPACE}/services`,
    summary: 'Lists services, last changed first.',
    tag,
    params: WorkspacePath,
    query: FilterQuery.extend({
      computeType: z.string().optional(),
      computeName: z.string().optional(),
      modelName: z.string().optional(),
      modelId: z.string().optional(),
    }),
    responses: { 200: page(Service) },
    idempotent: true,
  }),
  deploy: route({
    operationId: 'deployService',
    method: 'PUT',
    path: SERVICE,
    summary: 'Deploys models as a service, with an entry script or, of a framework that is known, without.',
    tag,
    params: ServicePath,
    body: DeployService,
    responses: { 202: Operation },
    idempotent: false,
  }),
  get: route({
    operationId: 'getService',
    method: 'GET',
    path: SERVICE,
    summary: 'Reads a service with its state.',
    tag,
    need: 'find',
    params: ServicePath,
    responses: { 200: Service },
    idempotent: true,
  }),
  update: route({
    operationId: 'updateService',
    method: 'PATCH',
    path: SERVICE,
    summary: 'Changes a service without losing a request.',
    tag,
    params: ServicePath,
    body: UpdateService,
    responses: { 202: Operation },
    idempotent: false,
  }),
  rollBack: route({
    operationId: 'rollBackService',
    method: 'POST',
    path: `${SERVICE}/rollback`,
    summary: 'Brings back what the service was before its last change; once more goes forward again.',
    tag,
    params: ServicePath,
    body: RollBackService,
    responses: { 202: Operation },
    idempotent: false,
  }),
  delete: route({
    operationId: 'deleteService',
    method: 'DELETE',
    path: SERVICE,
    summary: 'Deletes a service; 204 when there is none.',
    tag,
    params: ServicePath,
    query: z.strictObject({ operationId: OperationId.optional() }),
    responses: { 202: Operation, 204: null },
    idempotent: false,
  }),
  listKeys: route({
    operationId: 'listServiceKeys',
    method: 'POST',
    path: `${SERVICE}/listKeys`,
    summary: 'Reads both keys.',
    tag,
    need: 'score',
    params: ServicePath,
    responses: { 200: ServiceKeys },
    idempotent: true,
  }),
  regenerateKey: route({
    operationId: 'regenerateServiceKey',
    method: 'POST',
    path: `${SERVICE}/regenerateKey`,
    summary: 'Replaces one key, by a random or a chosen value.',
    tag,
    params: ServicePath,
    body: RegenerateKey,
    responses: { 200: ServiceKeys },
    idempotent: false,
  }),
  getToken: route({
    operationId: 'getServiceToken',
    method: 'POST',
    path: `${SERVICE}/token`,
    summary: 'Issues a token of a service with token authentication.',
    tag,
    need: 'score',
    params: ServicePath,
    responses: { 200: ServiceToken },
    idempotent: true,
  }),
  revokeTokens: route({
    operationId: 'revokeServiceTokens',
    method: 'POST',
    path: `${SERVICE}/revokeTokens`,
    summary: 'Has the routers refuse every token of the service that was issued before.',
    tag,
    params: ServicePath,
    responses: { 200: RevokedTokens },
    idempotent: true,
  }),
  logs: route({
    operationId: 'getServiceLogs',
    method: 'GET',
    path: `${SERVICE}/logs`,
    summary: 'Reads the last lines that the replicas wrote.',
    tag,
    params: ServicePath,
    query: LogsQuery,
    responses: { 200: ServiceLogs },
    idempotent: true,
  }),
  followLogs: route({
    operationId: 'followServiceLogs',
    method: 'GET',
    path: `${SERVICE}/logs/follow`,
    summary:
      'Reads the last lines that the replicas wrote, then each line as it is written, until the client goes or the service is gone. Each line is a JSON string and a newline; newlines alone show that the server is there.',
    tag,
    params: ServicePath,
    query: LogsQuery,
    responses: { 200: BYTES },
    idempotent: true,
  }),
} as const;
