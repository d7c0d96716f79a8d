import { resolve } from 'node:path';

import { command, item } from '../../command.ts';
import { unbuilt } from '../../parse/options.ts';
import { WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';

export const attachFolder = command({
  path: ['folder', 'attach'],
  summary: 'Attach a folder to a workspace, by writing .azureml/config.json.',
  examples: [['Let commands in this folder speak of a workspace', 'farled folder attach -w harbour -g shipping']],
  options: { ...WORKSPACE_OPTIONS, experimentName: unbuilt('-e --experiment-name') },
  async run(options, parts) {
    const workspace = await findWorkspace(options, parts);
    const file = await workspace.writeConfig({ path: resolve(parts.folder, options.path ?? '.') });
    const { subscriptionId, resourceGroup, name } = workspace;
    return item({ file, subscriptionId, resourceGroup, workspaceName: name }, [
      ['Workspace', () => name],
      ['ResourceGroup', () => resourceGroup],
      ['File', () => file],
    ]);
  },
});
