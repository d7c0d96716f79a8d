import { DEFAULT_TENANT } from '@farled/identity';

import { json } from '../answer.ts';
import type { CompatibleParts } from '../parts.ts';
import { type CompatibleRoute, SUPPORTED } from '../route.ts';

export function subscriptionRoutes({ state }: CompatibleParts): readonly CompatibleRoute[] {
  return [
    {
      row: 'B1',
      method: 'GET',
      path: '/subscriptions',
      client: 'before every call of an ARM client',
      support: SUPPORTED,
      dialect: 'arm',
      need: 'read',
      answer: async ({ caller }) => {
        const { value } = await state.workspaces.list({}, { count: 1000 });
        const ids = new Set(value.map(({ subscriptionId }) => subscriptionId));
        return json({
          value: [...ids].map((subscriptionId) => ({
            id: `/subscriptions/${subscriptionId}`,
            subscriptionId,
            displayName: subscriptionId,
            state: 'Enabled',
            tenantId: caller?.tenantId ?? DEFAULT_TENANT,
          })),
        });
      },
    },
  ];
}
