import { z } from 'zod';

import { ModelId } from '../names.ts';
import { FilterQuery, page, WorkspacePath } from '../resources/common.ts';
import { Model, RegisterModel, UpdateModel } from '../resources/model.ts';
import { route } from '../route.ts';
import { WORKSPACE } from './workspaces.ts';

const ModelPath = WorkspacePath.extend({ model: ModelId });
const tag = 'Models';

export const models = {
  list: route({
    operationId: 'listModels',
    method: 'GET',
    path: `${WORKSPACE}/models`,
    summary: 'Lists models, newest first.',
    tag,
    params: WorkspacePath,
    query: FilterQuery.extend({
      name: z.string().optional(),
      framework: z.string().optional(),
      runId: z.string().optional(),
      /** Only the highest version of each name. */
      latest: z
        .enum(['true', 'false'])
        .default('false')
        .transform((text) => text === 'true'),
    }),
    responses: { 200: page(Model) },
    idempotent: true,
  }),
  register: route({
    operationId: 'registerModel',
    method: 'POST',
    path: `${WORKSPACE}/models`,
    summary: 'Registers the next version of a model from files that were uploaded.',
    tag,
    params: WorkspacePath,
    body: RegisterModel,
    responses: { 201: Model },
    idempotent: false,
  }),
  get: route({
    operationId: 'getModel',
    method: 'GET',
    path: `${WORKSPACE}/models/:model`,
    summary: 'Reads a model.',
    tag,
    params: ModelPath,
    responses: { 200: Model },
    idempotent: true,
  }),
  update: route({
    operationId: 'updateModel',
    method: 'PATCH',
    path: `${WORKSPACE}/models/:model`,
    summary: 'Changes tags, description and resource defaults; adds properties.',
    tag,
    params: ModelPath,
    body: UpdateModel,
    responses: { 200: Model },
    idempotent: true,
  }),
  delete: route({
    operationId: 'deleteModel',
    method: 'DELETE',
    path: `${WORKSPACE}/models/:model`,
    summary: 'Deletes a model that no service uses.',
    tag,
    params: ModelPath,
    responses: { 204: null },
    idempotent: true,
  }),
} as const;
