import { may, type Workspace } from '@farled/contract';
import type { WorkspaceRecord } from '@farled/state';

import type { HandlersOf } from '../handler.ts';
import type { AppParts } from '../parts.ts';

export function workspaceHandlers({ state }: AppParts): HandlersOf<'workspaces'> {
  return {
    listWorkspaces: async ({ query }, { caller }) => {
      const { count, skipToken, ...filter } = query;
      const page = await state.workspaces.list(filter, { count, skipToken });
      const seen = page.value.filter(
        ({ name, ...at }) => caller === undefined || may(caller.roles, 'find', { ...at, workspace: name }),
      );
      return [200, { ...page, value: seen.map(toWorkspace) }];
    },
    createWorkspace: async ({ params, body: { existOk, ...fields } }) => {
      const present = existOk ? await state.workspaces.find(params) : undefined;
      return present === undefined
        ? [201, toWorkspace(await state.workspaces.create(params, fields))]
        : [200, toWorkspace(present)];
    },
    getWorkspace: async ({ params }) => [200, toWorkspace(await state.workspaces.get(params))],
    updateWorkspace: async ({ params, body }) => {
      const { key } = await state.workspaces.get(params);
      return [200, toWorkspace(await state.workspaces.update(key, body))];
    },
    deleteWorkspace: async ({ params }) => {
      const workspace = await state.workspaces.get(params);
      await state.workspaces.delete(workspace.key);
      return [204];
    },
  };
}

function toWorkspace(record: WorkspaceRecord): Workspace {
  const { key: _, ...workspace } = record;
  return workspace;
}
