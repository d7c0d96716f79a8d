import { OperationId, WorkspacePath } from '../resources/common.ts';
import { Operation } from '../resources/operation.ts';
import { Package, PackageModels } from '../resources/package.ts';
import { route } from '../route.ts';
import { WORKSPACE } from './workspaces.ts';

const tag = 'Packages';

export const packages = {
  create: route({
    operationId: 'createPackage',
    method: 'POST',
    path: `${WORKSPACE}/packages`,
    summary: 'Makes an image of models with an entry script, or a Dockerfile with all that it copies.',
    tag,
    params: WorkspacePath,
    body: PackageModels,
    responses: { 202: Operation },
    idempotent: false,
  }),
  get: route({
    operationId: 'getPackage',
    method: 'GET',
    path: `${WORKSPACE}/packages/:package`,
    summary: 'Reads where a package is; its id is that of the operation that makes it.',
    tag,
    params: WorkspacePath.extend({ package: OperationId }),
    responses: { 200: Package },
    idempotent: true,
  }),
} as const;
