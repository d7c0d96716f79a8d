import { FarledError, isFarledError, routes, type Workspace } from '@farled/contract';

import { json } from '../answer.ts';
import { DISCOVERY } from '../discovery/routes.ts';
import type { CompatibleParts } from '../parts.ts';
import { type CompatibleRequest, type CompatibleRoute, SCOPE, SUPPORTED } from '../route.ts';
import { allWorkspaces } from './all-workspaces.ts';
import { deploymentRoutes } from './deployment-routes.ts';
import { matches } from './resource-filter.ts';
import { fromWireChange, toWireResource, toWireWorkspace } from './wire-workspace.ts';

const IN_GROUP =
  '/subscriptions/:subscriptionId/resourceGroups/:resourceGroup/providers/Microsoft.MachineLearningServices/workspaces';

export function workspaceRoutes(parts: CompatibleParts): readonly CompatibleRoute[] {
  const { api, state, url } = parts;
  const toWire = async (workspace: Workspace) => {
    const { subscriptionId, resourceGroup, name } = workspace;
    const { key } = await state.workspaces.get({ subscriptionId, resourceGroup, workspace: name });
    return toWireWorkspace(workspace, key, `${url()}${DISCOVERY}`);
  };
  const contextOf = ({ caller, signal }: CompatibleRequest) => ({ caller: caller ?? undefined, signal });
  const get: CompatibleRoute['answer'] = async (request) => {
    const asked = { params: request.workspace, query: undefined, body: undefined };
    return json(await toWire(await api.call(routes.workspaces.get, asked, contextOf(request))));
  };
  const read = {
    row: 'B3',
    method: 'GET',
    client: 'Workspace.get, from_config, get_details',
    support: SUPPORTED,
    dialect: 'arm',
    need: 'find',
    answer: get,
  } as const;
  return [
    { ...read, path: SCOPE },
    { ...read, path: `/rp/workspaces${SCOPE}` },
    {
      row: 'B4',
      method: 'GET',
      path: IN_GROUP,
      client: 'Workspace.list(subscription_id, resource_group=)',
      support: SUPPORTED,
      dialect: 'arm',
      need: 'find',
      answer: async (request) => {
        const { subscriptionId, resourceGroup } = request.params;
        const found = await allWorkspaces(parts, { subscriptionId, resourceGroup }, contextOf(request));
        return json({ value: await Promise.all(found.map(toWire)) });
      },
    },
    {
      row: 'B5',
      method: 'GET',
      path: '/subscriptions/:subscriptionId/resources',
      client: 'Workspace.list(subscription_id)',
      support: { kind: 'differs', why: 'Workspaces are the only resources; `$filter` may compare with `eq`.' },
      dialect: 'arm',
      need: 'find',
      answer: async (request) => {
        const { subscriptionId } = request.params;
        const found = await allWorkspaces(parts, { subscriptionId }, contextOf(request));
        const filter = request.query['$filter'];
        return json({ value: found.filter((workspace) => matches(workspace, filter)).map(toWireResource) });
      },
    },
    {
      row: 'B6',
      method: 'PATCH',
      path: SCOPE,
      client: 'Workspace.update',
      support: {
        kind: 'differs',
        why: 'Tags and texts change. The compute that images are built on, the identity and the legacy mode are taken and mean nothing; another container registry is refused.',
      },
      dialect: 'arm',
      need: 'write',
      answer: async (request) => {
        const { containerRegistry, ...change } = fromWireChange(request.body);
        if (containerRegistry !== undefined) {
          throw new FarledError('NotSupportedYet', 'The container registry of a workspace can not be chosen.', {
            suggestion: 'It is the one of the server, which is started with FARLED_REGISTRY.',
          });
        }
        const asked = { params: request.workspace, query: undefined, body: change };
        return json(await toWire(await api.call(routes.workspaces.update, asked, contextOf(request))));
      },
    },
    {
      row: 'B7',
      method: 'DELETE',
      path: SCOPE,
      client: 'Workspace.delete',
      support: {
        kind: 'differs',
        why: 'A workspace with services or compute targets is not deleted: the answer names them.',
      },
      dialect: 'arm',
      need: 'write',
      answer: async (request) => {
        const asked = { params: request.workspace, query: undefined, body: undefined };
        try {
          await api.call(routes.workspaces.delete, asked, contextOf(request));
          return { status: 200 };
        } catch (error) {
          if (isFarledError(error) && error.code === 'WorkspaceNotFound') {
            return { status: 204 };
          }
          throw error;
        }
      },
    },
    {
      row: 'B8',
      method: 'POST',
      path: `${SCOPE}/listKeys`,
      client: 'Workspace.list_keys',
      support: {
        kind: 'differs',
        why: "There are no keys: files are kept by the server, and the registry is the server's.",
      },
      dialect: 'arm',
      need: 'read',
      answer: async ({ workspace }) => {
        await state.workspaces.get(workspace);
        return json({
          userStorageKey: null,
          userStorageResourceId: null,
          appInsightsInstrumentationKey: null,
          containerRegistryCredentials: null,
        });
      },
    },
    {
      row: 'B8',
      method: 'POST',
      path: `${SCOPE}/resyncKeys`,
      client: 'Workspace.sync_keys',
      support: { kind: 'differs', why: 'There are no keys to bring up to date.' },
      dialect: 'arm',
      need: 'write',
      answer: async ({ workspace }) => {
        await state.workspaces.get(workspace);
        return { status: 200 };
      },
    },
    ...deploymentRoutes(parts),
  ];
}
