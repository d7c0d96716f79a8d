import type { HandlersOf } from '../handler.ts';
import type { AppParts } from '../parts.ts';

export function resourceGroupHandlers({ state }: AppParts): HandlersOf<'resourceGroups'> {
  return {
    listResourceGroups: async ({ query }) => [
      200,
      { value: [...(await state.resourceGroups.list(query.subscriptionId))] },
    ],
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
