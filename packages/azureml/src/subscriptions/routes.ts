import { routes } from '@farled/contract';
import { DEFAULT_TENANT } from '@farled/identity';

import { json } from '../answer.ts';
import type { CompatibleParts } from '../parts.ts';
import { type CompatibleRoute, SUPPORTED } from '../route.ts';
import { groupRoutes } from './group-routes.ts';
import { knownSubscriptions } from './known-subscriptions.ts';
import { LOCATIONS } from './locations.ts';
import { toWireSubscription, toWireTenant } from './wire-subscription.ts';

/** Who has not said who they are is told of nothing. */
const NOBODY = { roles: [], tenantId: DEFAULT_TENANT };

export function subscriptionRoutes(parts: CompatibleParts): readonly CompatibleRoute[] {
  const { api } = parts;
  const common = { method: 'GET', dialect: 'arm', need: 'find', support: SUPPORTED } as const;
  return [
    {
      ...common,
      row: 'B1',
      path: '/subscriptions',
      client: 'before every call of an ARM client',
      support: {
        kind: 'differs',
        why: 'A subscription is known once a workspace or a resource group was made in it, a role names it, or the tenant of the login is called like it.',
      },
      answer: async ({ caller, signal }) => {
        const asked = { params: undefined, query: {}, body: undefined };
        const { value } = await api.call(routes.resourceGroups.list, asked, { signal });
        const who = caller ?? NOBODY;
        const ids = knownSubscriptions(
          value.map(({ subscriptionId }) => subscriptionId),
          who,
        );
        return json({ value: ids.map((id) => toWireSubscription(id, who.tenantId)) });
      },
    },
    {
      ...common,
      row: 'B2',
      path: '/tenants',
      client: 'interactive login',
      answer: ({ caller }) => Promise.resolve(json({ value: [toWireTenant((caller ?? NOBODY).tenantId)] })),
    },
    {
      ...common,
      row: 'B9',
      path: '/subscriptions/:subscriptionId/providers/Microsoft.MachineLearningServices',
      client: 'Workspace.create(location=)',
      answer: ({ params }) =>
        Promise.resolve(
          json({
            id: `/subscriptions/${params['subscriptionId']}/providers/Microsoft.MachineLearningServices`,
            namespace: 'Microsoft.MachineLearningServices',
            registrationState: 'Registered',
            resourceTypes: ['workspaces', 'workspaces/computes'].map((resourceType) => ({
              resourceType,
              locations: LOCATIONS,
            })),
          }),
        ),
    },
    ...groupRoutes(parts),
  ];
}
