import { parseModelId } from '@farled/contract';

import { checkFiles } from '../check-files.ts';
import type { HandlersOf } from '../handler.ts';
import type { AppParts } from '../parts.ts';

export function modelHandlers({ state, artifacts }: AppParts): HandlersOf<'models'> {
  return {
    listModels: async ({ params, query }) => {
      const { key } = await state.workspaces.get(params);
      const { count, skipToken, ...filter } = query;
      return [200, await state.models.list(key, filter, { count, skipToken })];
    },
    registerModel: async ({ params, body }) => {
      const { key } = await state.workspaces.get(params);
      await checkFiles(artifacts, body.files);
      return [201, await state.models.register(key, body)];
    },
    getModel: async ({ params }) => {
      const { key } = await state.workspaces.get(params);
      return [200, await state.models.get(key, parseModelId(params.model))];
    },
    updateModel: async ({ params, body }) => {
      const { key } = await state.workspaces.get(params);
      return [200, await state.models.update(key, parseModelId(params.model), body)];
    },
    deleteModel: async ({ params }) => {
      const { key } = await state.workspaces.get(params);
      await state.models.delete(key, parseModelId(params.model));
      return [204];
    },
  };
}
