import { routes } from '@farled/contract';

import { command, list } from '../../command.ts';
import { text } from '../../parse/options.ts';
import { GROUP_COLUMNS } from './options.ts';

export const listGroups = command({
  path: ['group', 'list'],
  summary: 'List resource groups.',
  examples: [['List the resource groups of all subscriptions', 'farled group list -o table']],
  options: { subscriptionId: text('--subscription-id', 'ID', 'Only those of this subscription.') },
  async run({ subscriptionId }, { client, signal }) {
    const { value } = await client.call(routes.resourceGroups.list, { query: { subscriptionId }, signal });
    return list(value, GROUP_COLUMNS);
  },
});
