import { Workspace } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { flag, pairs, required, text, unbuilt } from '../../parse/options.ts';
import { findSubscription } from '../../workspace.ts';
import { WORKSPACE_COLUMNS } from './columns.ts';

export const createWorkspace = command({
  path: ['workspace', 'create'],
  summary: 'Create a workspace.',
  examples: [['Create a workspace for a team', 'farled workspace create -w harbour -g shipping']],
  options: {
    workspaceName: required(text('-w --workspace-name', 'NAME', 'Name of the workspace.')),
    resourceGroup: required(text('-g --resource-group', 'NAME', 'Resource group; a name is all it takes.')),
    subscriptionId: text('--subscription-id', 'ID', 'Subscription; all zeros when nothing else is said.'),
    location: text('-l --location', 'NAME', 'Where it is said to be.'),
    friendlyName: text('--friendly-name', 'TEXT', 'Name for people.'),
    description: text('-d --description', 'TEXT', 'What it is for.'),
    tags: pairs('-t --tags', 'Tags.'),
    existOk: flag('--exist-ok', 'Succeed when there is one of that name already.'),
    yes: flag('-y --yes', 'Nothing is asked either way.'),
    noWait: flag('--no-wait', 'Nothing is waited for either way.'),
    sku: unbuilt('--sku'),
    keyvault: unbuilt('--keyvault'),
    storageAccount: unbuilt('--storage-account'),
    applicationInsights: unbuilt('--application-insights'),
    containerRegistry: unbuilt('--container-registry'),
    hbiWorkspace: unbuilt('--hbi-workspace'),
    adbWorkspace: unbuilt('--adb-workspace'),
  },
  async run(options, { client, folder, variables, signal }) {
    const workspace = await Workspace.create({
      name: options.workspaceName,
      resourceGroup: options.resourceGroup,
      subscriptionId: await findSubscription(options.subscriptionId, { folder, variables }),
      location: options.location,
      friendlyName: options.friendlyName,
      description: options.description,
      tags: options.tags,
      existOk: options.existOk,
      client,
      signal,
    });
    return item(workspace.getDetails(), WORKSPACE_COLUMNS);
  },
});
