import { Environment } from '@farled/sdk';

import { command, list } from '../../command.ts';
import { WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';
import { ENVIRONMENT_COLUMNS, environmentFields } from './columns.ts';

export const listEnvironments = command({
  path: ['environment', 'list'],
  summary: 'List the newest version of each environment.',
  examples: [['List names and versions', 'farled environment list --query "[].[name, version]" -o tsv']],
  options: WORKSPACE_OPTIONS,
  async run(options, parts) {
    const all = await Environment.list(await findWorkspace(options, parts), parts);
    return list(all.map(environmentFields), ENVIRONMENT_COLUMNS);
  },
});
