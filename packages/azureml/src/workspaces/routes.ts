import { routes } from '@farled/contract';

import { json } from '../answer.ts';
import { DISCOVERY } from '../discovery/routes.ts';
import type { CompatibleParts } from '../parts.ts';
import { type CompatibleRoute, SCOPE, SUPPORTED } from '../route.ts';
import { toWireWorkspace } from './wire-workspace.ts';

export function workspaceRoutes({ api, state, url }: CompatibleParts): readonly CompatibleRoute[] {
  const get: CompatibleRoute['answer'] = async ({ workspace, signal }) => {
    const found = await api.call(
      routes.workspaces.get,
      { params: workspace, query: undefined, body: undefined },
      { signal },
    );
    const { key } = await state.workspaces.get(workspace);
    return json(toWireWorkspace(found, key, `${url()}${DISCOVERY}`));
  };
  const read = {
    row: 'B3',
    method: 'GET',
    client: 'Workspace.get, from_config, get_details',
    support: SUPPORTED,
    dialect: 'arm',
    need: 'read',
    answer: get,
  } as const;
  return [
    { ...read, path: SCOPE },
    { ...read, path: `/rp/workspaces${SCOPE}` },
  ];
}
