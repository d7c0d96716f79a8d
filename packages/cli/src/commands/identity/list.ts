import { routes } from '@farled/contract';
import { readPages } from '@farled/sdk';

import { command, list } from '../../command.ts';
import { IDENTITY_COLUMNS } from './columns.ts';

export const listIdentities = command({
  path: ['identity', 'list'],
  summary: 'List service principals and users with their roles.',
  examples: [['List who may call', 'farled identity list -o table']],
  options: {},
  async run(_options, { client, signal }) {
    const all = await readPages((skipToken) => client.call(routes.identities.list, { query: { skipToken }, signal }));
    return list(all, IDENTITY_COLUMNS);
  },
});
