import { z } from 'zod';

import { FilterQuery, page, WorkspacePath } from '../resources/common.ts';
import { CreateWorkspace, UpdateWorkspace, Workspace } from '../resources/workspace.ts';
import { route } from '../route.ts';

/** Every route of a workspace starts with it. */
export const WORKSPACE = '/subscriptions/:subscriptionId/resourceGroups/:resourceGroup/workspaces/:workspace';
const tag = 'Workspaces';

export const workspaces = {
  list: route({
    operationId: 'listWorkspaces',
    method: 'GET',
    path: '/workspaces',
    summary: 'Lists the workspaces that the caller may look at.',
    tag,
    need: 'find',
    query: FilterQuery.extend({ subscriptionId: z.string().optional(), resourceGroup: z.string().optional() }),
    responses: { 200: page(Workspace) },
    idempotent: true,
  }),
  create: route({
    operationId: 'createWorkspace',
    method: 'PUT',
    path: WORKSPACE,
    summary: 'Creates a workspace.',
    tag,
    params: WorkspacePath,
    body: CreateWorkspace,
    responses: { 200: Workspace, 201: Workspace },
    idempotent: false,
  }),
  get: route({
    operationId: 'getWorkspace',
    method: 'GET',
    path: WORKSPACE,
    summary: 'Reads a workspace.',
    tag,
    need: 'find',
    params: WorkspacePath,
    responses: { 200: Workspace },
    idempotent: true,
  }),
  update: route({
    operationId: 'updateWorkspace',
    method: 'PATCH',
    path: WORKSPACE,
    summary: 'Changes the texts and tags of a workspace.',
    tag,
    params: WorkspacePath,
    body: UpdateWorkspace,
    responses: { 200: Workspace },
    idempotent: true,
  }),
  delete: route({
    operationId: 'deleteWorkspace',
    method: 'DELETE',
    path: WORKSPACE,
    summary: 'Deletes a workspace without services and compute targets, with its models and environments.',
    tag,
    params: WorkspacePath,
    responses: { 204: null },
    idempotent: true,
  }),
} as const;
