/** Resource groups as the test double has them. */
import { type ResourceGroup, resourceGroupId } from '@farled/contract';

import type { Handlers } from './handlers.ts';
import { found, now } from './state.ts';

export function resourceGroupHandlers(): Pick<
  Handlers,
  'listResourceGroups' | 'getResourceGroup' | 'putResourceGroup' | 'deleteResourceGroup'
> {
  const groups = new Map<string, ResourceGroup>();
  return {
    listResourceGroups: ({ query }) => {
      const { subscriptionId } = query;
      const value = [...groups.values()].filter(
        (group) => subscriptionId === undefined || group.subscriptionId === subscriptionId,
      );
      return [200, { value }];
    },
    getResourceGroup: ({ params }) => [
      200,
      found(groups.get(resourceGroupId(params)), 'ResourceGroupNotFound', `resource group "${params.resourceGroup}"`),
    ],
    putResourceGroup: ({ params: { subscriptionId, resourceGroup: name }, body }) => {
      const id = resourceGroupId({ subscriptionId, resourceGroup: name });
      const status = groups.has(id) ? 200 : 201;
      groups.set(id, { id, name, subscriptionId, ...body, createdTime: now() });
      return [status, groups.get(id)];
    },
    deleteResourceGroup: ({ params }) => {
      groups.delete(resourceGroupId(params));
      return [204];
    },
  };
}
