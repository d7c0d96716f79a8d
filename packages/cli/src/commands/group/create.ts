import { routes } from '@farled/contract';

import { command, item } from '../../command.ts';
import { pairs, text } from '../../parse/options.ts';
import { findSubscription } from '../../workspace.ts';
import { GROUP_COLUMNS, GROUP_OPTIONS } from './options.ts';

export const createGroup = command({
  path: ['group', 'create'],
  summary: 'Make a resource group, which makes its subscription known; workspaces bring theirs with them.',
  examples: [
    [
      'Let scripts create workspaces in a subscription',
      'farled group create -n shipping --subscription-id 3f1c1b1e-0000-4000-8000-00000000000a',
    ],
  ],
  options: {
    ...GROUP_OPTIONS,
    location: text('-l --location', 'NAME', 'Where it is said to be.'),
    tags: pairs('-t --tags', 'Tags.'),
  },
  async run({ name, subscriptionId, location, tags }, { client, folder, variables, signal }) {
    const params = {
      subscriptionId: await findSubscription(subscriptionId, { folder, variables }),
      resourceGroup: name,
    };
    return item(
      await client.call(routes.resourceGroups.put, { params, body: { location, tags }, signal }),
      GROUP_COLUMNS,
    );
  },
});
