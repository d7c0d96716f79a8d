import { routes } from '@farled/contract';

import { command, item } from '../../command.ts';
import { IDENTITY_COLUMNS } from './columns.ts';
import { IDENTITY_NAME } from './options.ts';

export const showIdentity = command({
  path: ['identity', 'show'],
  summary: 'Show an identity with its roles.',
  examples: [['Show what a pipeline may do', 'farled identity show -n pipeline --query roles']],
  options: { name: IDENTITY_NAME },
  async run({ name }, { client, signal }) {
    return item(await client.call(routes.identities.get, { params: { identity: name }, signal }), IDENTITY_COLUMNS);
  },
});
