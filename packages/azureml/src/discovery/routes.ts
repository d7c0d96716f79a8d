import { json } from '../answer.ts';
import type { CompatibleParts } from '../parts.ts';
import { type CompatibleRoute, SUPPORTED } from '../route.ts';

/** contract 1.5: all of them must be there, also those that nothing here uses. */
const SERVICES = ['api', 'experimentation', 'history', 'hyperdrive', 'modelmanagement', 'studio'];

export const DISCOVERY = '/discovery';

export function discoveryRoutes({ url }: CompatibleParts): readonly CompatibleRoute[] {
  return [
    {
      row: '1.5',
      method: 'GET',
      path: DISCOVERY,
      client: 'the first call of a workspace',
      support: SUPPORTED,
      dialect: 'arm',
      need: null,
      answer: () => Promise.resolve(json(Object.fromEntries(SERVICES.map((service) => [service, url()])))),
    },
  ];
}
