import { z } from 'zod';

import { ServiceName } from '../names.ts';
import { FilterQuery, OperationId, page, WorkspacePath } from '../resources/common.ts';
import { CreateEndpoint, CreateVersion, Endpoint, UpdateEndpoint, UpdateVersion } from '../resources/endpoint.ts';
import { Operation } from '../resources/operation.ts';
import { RegenerateKey, RevokedTokens, ServiceKeys, ServiceLogs, ServiceToken } from '../resources/service.ts';
import { BYTES, route } from '../route.ts';
import { LogsQuery } from './services.ts';
import { WORKSPACE } from './workspaces.ts';

const EndpointPath = WorkspacePath.extend({ endpoint: ServiceName });
const VersionPath = EndpointPath.extend({ version: ServiceName });
const ENDPOINT = `${WORKSPACE}/endpoints/:endpoint` as const;
const VERSION = `${ENDPOINT}/versions/:version` as const;
const tag = 'Endpoints';

const OperationQuery = z.strictObject({ operationId: OperationId.optional() });

export const endpoints = {
  list: route({
    operationId: 'listEndpoints',
    method: 'GET',
    path: `${WORKSPACE}/endpoints`,
    summary: 'Lists endpoints, last changed first.',
    tag,
    params: WorkspacePath,
    query: FilterQuery,
    responses: { 200: page(Endpoint) },
    idempotent: true,
  }),
  create: route({
    operationId: 'createEndpoint',
    method: 'PUT',
    path: ENDPOINT,
    summary: 'Deploys models with an entry script as the first version of an endpoint.',
    tag,
    params: EndpointPath,
    body: CreateEndpoint,
    responses: { 202: Operation },
    idempotent: false,
  }),
  get: route({
    operationId: 'getEndpoint',
    method: 'GET',
    path: ENDPOINT,
    summary: 'Reads an endpoint with its versions.',
    tag,
    need: 'find',
    params: EndpointPath,
    responses: { 200: Endpoint },
    idempotent: true,
  }),
  update: route({
    operationId: 'updateEndpoint',
    method: 'PATCH',
    path: ENDPOINT,
    summary: 'Changes how requests are shared, who may score, and what is said of the endpoint.',
    tag,
    params: EndpointPath,
    body: UpdateEndpoint,
    responses: { 202: Operation },
    idempotent: false,
  }),
  delete: route({
    operationId: 'deleteEndpoint',
    method: 'DELETE',
    path: ENDPOINT,
    summary: 'Deletes an endpoint with its versions; 204 when there is none.',
    tag,
    params: EndpointPath,
    query: OperationQuery,
    responses: { 202: Operation, 204: null },
    idempotent: false,
  }),
  createVersion: route({
    operationId: 'createEndpointVersion',
    method: 'PUT',
    path: VERSION,
    summary: 'Adds a version, which gets its share of the requests once it answers.',
    tag,
    params: VersionPath,
    body: CreateVersion,
    responses: { 202: Operation },
    idempotent: false,
  }),
  updateVersion: route({
    operationId: 'updateEndpointVersion',
    method: 'PATCH',
    path: VERSION,
    summary: 'Changes a version or its share without losing a request.',
    tag,
    params: VersionPath,
    body: UpdateVersion,
    responses: { 202: Operation },
    idempotent: false,
  }),
  deleteVersion: route({
    operationId: 'deleteEndpointVersion',
    method: 'DELETE',
    path: VERSION,
    summary: 'Deletes a version that is not the default one; its share goes to that.',
    tag,
    params: VersionPath,
    query: OperationQuery,
    responses: { 202: Operation },
    idempotent: false,
  }),
  versionLogs: route({
    operationId: 'getEndpointVersionLogs',
    method: 'GET',
    path: `${VERSION}/logs`,
    summary: 'Reads the last lines that the replicas of a version wrote.',
    tag,
    params: VersionPath,
    query: LogsQuery,
    responses: { 200: ServiceLogs },
    idempotent: true,
  }),
  followVersionLogs: route({
    operationId: 'followEndpointVersionLogs',
    method: 'GET',
    path: `${VERSION}/logs/follow`,
    summary:
      'Reads the last lines that the replicas of a version wrote, then each line as it is written, as `followServiceLogs` does.',
    tag,
    params: VersionPath,
    query: LogsQuery,
    responses: { 200: BYTES },
    idempotent: true,
  }),
  listKeys: route({
    operationId: 'listEndpointKeys',
    method: 'POST',
    path: `${ENDPOINT}/listKeys`,
    summary: 'Reads both keys.',
    tag,
    need: 'score',
    params: EndpointPath,
    responses: { 200: ServiceKeys },
    idempotent: true,
  }),
  regenerateKey: route({
    operationId: 'regenerateEndpointKey',
    method: 'POST',
    path: `${ENDPOINT}/regenerateKey`,
    summary: 'Replaces one key, by a random or a chosen value.',
    tag,
    params: EndpointPath,
    body: RegenerateKey,
    responses: { 200: ServiceKeys },
    idempotent: false,
  }),
  getToken: route({
    operationId: 'getEndpointToken',
    method: 'POST',
    path: `${ENDPOINT}/token`,
    summary: 'Issues a token of an endpoint with token authentication.',
    tag,
    need: 'score',
    params: EndpointPath,
    responses: { 200: ServiceToken },
    idempotent: true,
  }),
  revokeTokens: route({
    operationId: 'revokeEndpointTokens',
    method: 'POST',
    path: `${ENDPOINT}/revokeTokens`,
    summary: 'Has the routers refuse every token of the endpoint that was issued before.',
    tag,
    params: EndpointPath,
    responses: { 200: RevokedTokens },
    idempotent: true,
  }),
} as const;
