import { z } from 'zod';

import { EnvironmentName } from '../names.ts';
import { page, PageQuery, WorkspacePath } from '../resources/common.ts';
import { Environment, EnvironmentDefinition } from '../resources/environment.ts';
import { route } from '../route.ts';
import { WORKSPACE } from './workspaces.ts';

/** Reading knows Microsoft's and AzureML's names too, to say that they are not there. */
const EnvironmentPath = WorkspacePath.extend({ environment: z.string().min(1).max(255) });
const tag = 'Environments';

export const environments = {
  list: route({
    operationId: 'listEnvironments',
    method: 'GET',
    path: `${WORKSPACE}/environments`,
    summary: 'Lists the newest version of each environment.',
    tag,
    params: WorkspacePath,
    query: PageQuery,
    responses: { 200: page(Environment) },
    idempotent: true,
  }),
  register: route({
    operationId: 'registerEnvironment',
    method: 'PUT',
    path: `${WORKSPACE}/environments/:environment`,
    summary: 'Registers an environment; an unchanged definition keeps its version.',
    tag,
    params: WorkspacePath.extend({ environment: EnvironmentName }),
    body: EnvironmentDefinition,
    responses: { 200: Environment },
    idempotent: true,
  }),
  get: route({
    operationId: 'getEnvironment',
    method: 'GET',
    path: `${WORKSPACE}/environments/:environment`,
    summary: 'Reads an environment, the newest version unless one is named.',
    tag,
    params: EnvironmentPath,
    query: z.strictObject({ version: z.string().max(64).optional() }),
    responses: { 200: Environment },
    idempotent: true,
  }),
} as const;
