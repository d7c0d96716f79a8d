import { routes } from '@farled/contract';

import { command, item } from '../../command.ts';
import { IDENTITY_COLUMNS } from './columns.ts';
import { ROLE_OPTIONS } from './options.ts';

export const grantRole = command({
  path: ['identity', 'grant'],
  summary: 'Give an identity a role, in everything or in a scope.',
  examples: [
    [
      'Let a program score the services of a resource group',
      'farled identity grant -n shop --role Scorer --scope /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shipping',
    ],
  ],
  options: ROLE_OPTIONS,
  async run({ name, role, scope }, { client, signal }) {
    const changed = await client.call(routes.identities.assignRole, {
      params: { identity: name },
      body: { role, scope },
      signal,
    });
    return item(changed, IDENTITY_COLUMNS);
  },
});
