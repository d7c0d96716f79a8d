import { FarledError, routes } from '@farled/contract';

import { command } from '../../command.ts';
import { flag } from '../../parse/options.ts';
import { findSubscription } from '../../workspace.ts';
import { GROUP_OPTIONS } from './options.ts';

export const deleteGroup = command({
  path: ['group', 'delete'],
  summary: 'Delete a resource group without workspaces.',
  examples: [['Delete a resource group without being asked', 'farled group delete -n shipping -y']],
  options: { ...GROUP_OPTIONS, yes: flag('-y --yes', 'Do not ask.') },
  async run({ name, subscriptionId, yes }, { client, confirm, folder, variables, signal }) {
    if (!yes && !(await confirm(`Delete the resource group "${name}"?`))) {
      throw new FarledError('BadArgument', `The resource group "${name}" was not deleted.`);
    }
    const params = {
      subscriptionId: await findSubscription(subscriptionId, { folder, variables }),
      resourceGroup: name,
    };
    await client.call(routes.resourceGroups.delete, { params, signal });
    return undefined;
  },
});
