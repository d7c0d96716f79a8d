import { routes } from '@farled/contract';

import { command, item } from '../../command.ts';
import { IDENTITY_COLUMNS } from './columns.ts';
import { ROLE_OPTIONS } from './options.ts';

export const revokeRole = command({
  path: ['identity', 'revoke'],
  summary: 'Take a role from an identity.',
  examples: [['Let a pipeline change nothing any more', 'farled identity revoke -n pipeline --role Contributor']],
  options: ROLE_OPTIONS,
  async run({ name, role, scope }, { client, signal }) {
    const changed = await client.call(routes.identities.revokeRole, {
      params: { identity: name },
      query: { role, scope },
      signal,
    });
    return item(changed, IDENTITY_COLUMNS);
  },
});
