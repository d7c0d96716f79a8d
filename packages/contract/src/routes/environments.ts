import { z } from 'zod';

import { EnvironmentName } from '../names.ts';
import { page, PageQuery, WorkspacePath } from '../resources/common.ts';
import { BuildEnvironment, Environment, EnvironmentDefinition, LabelEnvironment } from '../resources/environment.ts';
import { Operation } from '../resources/operation.ts';
import { route } from '../route.ts';
import { WORKSPACE } from './workspaces.ts';

/** Reading knows Microsoft's and AzureML's names too, to say that they are not there. */
const EnvironmentPath = WorkspacePath.extend({ environment: z.string().min(1).max(255) });
const ENVIRONMENT = `${WORKSPACE}/environments/:environment` as const;
const version = z
  .string()
  .regex(/^[1-9][0-9]{0,14}$/, { error: 'must be a whole number from 1 on: versions are counted' });
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
    path: ENVIRONMENT,
    summary: 'Registers an environment; an unchanged definition keeps its version.',
    tag,
    params: WorkspacePath.extend({ environment: EnvironmentName }),
    body: EnvironmentDefinition,
    responses: { 200: Environment },
    idempotent: true,
  }),
  registerVersion: route({
    operationId: 'registerEnvironmentVersion',
    method: 'PUT',
    path: `${ENVIRONMENT}/versions/:version`,
    summary:
      'Registers an environment under a version of the choice of who calls; one that is there can not be changed.',
    tag,
    params: WorkspacePath.extend({ environment: EnvironmentName, version }),
    body: EnvironmentDefinition,
    responses: { 200: Environment },
    idempotent: true,
  }),
  get: route({
    operationId: 'getEnvironment',
    method: 'GET',
    path: ENVIRONMENT,
    summary: 'Reads an environment, the newest version unless a version or a label is named.',
    tag,
    params: EnvironmentPath,
    query: z
      .strictObject({ version: z.string().max(64).optional(), label: z.string().max(255).optional() })
      .refine((said) => said.version === undefined || said.label === undefined, {
        error: 'must name a version or a label, not both',
      }),
    responses: { 200: Environment },
    idempotent: true,
  }),
  label: route({
    operationId: 'labelEnvironment',
    method: 'PUT',
    path: `${ENVIRONMENT}/versions/:version/labels`,
    summary: 'Gives a version its labels, in place of those that it had.',
    tag,
    params: EnvironmentPath.extend({ version: z.string().min(1).max(64) }),
    body: LabelEnvironment,
    responses: { 200: Environment },
    idempotent: true,
  }),
  build: route({
    operationId: 'buildEnvironment',
    method: 'POST',
    path: `${ENVIRONMENT}/build`,
    summary: 'Installs an environment ahead of the services that are to run in it.',
    tag,
    params: EnvironmentPath,
    body: BuildEnvironment,
    responses: { 202: Operation },
    idempotent: false,
  }),
} as const;
