import { Workspace } from '@farled/sdk';

import { command, list } from '../../command.ts';
import { text } from '../../parse/options.ts';
import { WORKSPACE_COLUMNS } from './columns.ts';

export const listWorkspaces = command({
  path: ['workspace', 'list'],
  summary: 'List workspaces.',
  examples: [['List the names of all workspaces', 'farled workspace list --query "[].name" -o tsv']],
  options: {
    resourceGroup: text('-g --resource-group', 'NAME', 'Only those of this resource group.'),
    subscriptionId: text('--subscription-id', 'ID', 'Only those of this subscription.'),
  },
  async run({ resourceGroup, subscriptionId }, { client, signal }) {
    const filter = {
      ...(resourceGroup === undefined ? {} : { resourceGroup }),
      ...(subscriptionId === undefined ? {} : { subscriptionId }),
    };
    const all = await Workspace.list({ ...filter, client, signal });
    return list(
      all.map((workspace) => workspace.getDetails()),
      WORKSPACE_COLUMNS,
    );
  },
});
