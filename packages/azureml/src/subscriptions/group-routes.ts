import { routes } from '@farled/contract';

import { json } from '../answer.ts';
import type { CompatibleParts } from '../parts.ts';
import type { CompatibleRequest, CompatibleRoute } from '../route.ts';
import { SUPPORTED } from '../route.ts';
import { fromWireGroup, toWireGroup } from './wire-group.ts';

const GROUP = '/subscriptions/:subscriptionId/resourceGroups/:resourceGroup';

/** Resource groups are made before workspaces, and asked for whether they are there. */
export function groupRoutes({ api }: CompatibleParts): readonly CompatibleRoute[] {
  const pathOf = ({ params }: CompatibleRequest) => ({
    subscriptionId: params['subscriptionId'] ?? '',
    resourceGroup: params['resourceGroup'] ?? '',
  });
  const common = { dialect: 'arm', client: 'Workspace.create' } as const;
  return [
    {
      ...common,
      row: 'B10',
      method: 'GET',
      path: GROUP,
      need: 'find',
      support: SUPPORTED,
      answer: async (request) => {
        const asked = { params: pathOf(request), query: undefined, body: undefined };
        return json(toWireGroup(await api.call(routes.resourceGroups.get, asked, { signal: request.signal })));
      },
    },
    {
      ...common,
      row: 'B10',
      method: 'PUT',
      path: GROUP,
      need: 'write',
      support: SUPPORTED,
      answer: async (request) => {
        const asked = { params: pathOf(request), query: undefined, body: fromWireGroup(request.body) };
        const group = await api.call(routes.resourceGroups.put, asked, { signal: request.signal });
        return json(toWireGroup(group), 201);
      },
    },
    {
      ...common,
      row: 'B12',
      method: 'GET',
      path: `${GROUP}/resources`,
      need: 'find',
      support: { kind: 'differs', why: 'Nothing is listed: log analytics and the like are resources of Azure.' },
      answer: () => Promise.resolve(json({ value: [] })),
    },
  ];
}
