/** Resource groups as the test double has them: none that is remembered. */
import { resourceGroupId } from '@farled/contract';

import type { Handlers } from './handlers.ts';
import { found, now } from './state.ts';

export const resourceGroupHandlers: Pick<
  Handlers,
  'listResourceGroups' | 'getResourceGroup' | 'putResourceGroup' | 'deleteResourceGroup'
> = {
  listResourceGroups: () => [200, { value: [] }],
  getResourceGroup: ({ params }) => [
    200,
    found<never>(undefined, 'ResourceGroupNotFound', `resource group "${params.resourceGroup}"`),
  ],
  putResourceGroup: ({ params, body }) => [
    201,
    { id: resourceGroupId(params), name: params.resourceGroup, ...params, ...body, createdTime: now() },
  ],
  deleteResourceGroup: () => [204],
};
