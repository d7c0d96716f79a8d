import { may } from '@farled/contract';

import type { HandlersOf } from '../handler.ts';
import type { AppParts } from '../parts.ts';

export function resourceGroupHandlers({ state }: AppParts): HandlersOf<'resourceGroups'> {
  return {
    listResourceGroups: async ({ query }, { caller }) => {
      const all = await state.resourceGroups.list(query.subscriptionId);
      const value = all.filter(
        ({ subscriptionId, name }) =>
          caller === undefined || may(caller.roles, 'find', { subscriptionId, resourceGroup: name }),
      );
      return [200, { value }];
    },
    getResourceGroup: async ({ params }) => [200, await state.resourceGroups.get(params)],
    putResourceGroup: async ({ params, body }) => {
      const { group, created } = await state.resourceGroups.put(params, body);
      return [created ? 201 : 200, group];
    },
    deleteResourceGroup: async ({ params }) => {
      await state.resourceGroups.delete(params);
      return [204];
    },
  };
}
