import { z } from 'zod';

import { OperationId, page, PageQuery, WorkspacePath } from '../resources/common.ts';
import { Operation, OperationLog } from '../resources/operation.ts';
import { route } from '../route.ts';
import { WORKSPACE } from './workspaces.ts';

const OperationPath = WorkspacePath.extend({ operation: OperationId });
const OPERATION = `${WORKSPACE}/operations/:operation` as const;
const tag = 'Operations';

export const operations = {
  list: route({
    operationId: 'listOperations',
    method: 'GET',
    path: `${WORKSPACE}/operations`,
    summary: 'Lists operations, newest first.',
    tag,
    params: WorkspacePath,
    query: PageQuery,
    responses: { 200: page(Operation) },
    idempotent: true,
  }),
  get: route({
    operationId: 'getOperation',
    method: 'GET',
    path: OPERATION,
    summary: 'Reads an operation.',
    tag,
    params: OperationPath,
    responses: { 200: Operation },
    idempotent: true,
  }),
  log: route({
    operationId: 'getOperationLog',
    method: 'GET',
    path: `${OPERATION}/log`,
    summary: "Reads an operation's log from a line on, waiting for the next line if asked to.",
    tag,
    params: OperationPath,
    query: z.strictObject({
      from: z.coerce.number().int().min(0).default(0),
      waitMs: z.coerce.number().int().min(0).max(30_000).default(0),
    }),
    responses: { 200: OperationLog },
    idempotent: true,
  }),
  cancel: route({
    operationId: 'cancelOperation',
    method: 'POST',
    path: `${OPERATION}/cancel`,
    summary: 'Asks a running deployment to stop; what served before goes on serving.',
    tag,
    params: OperationPath,
    responses: { 202: Operation },
    idempotent: true,
  }),
} as const;
