import { Environment } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { findWorkspace } from '../../workspace.ts';
import { ENVIRONMENT_COLUMNS, environmentFields } from './columns.ts';
import { ENVIRONMENT_NAME_OPTIONS } from './options.ts';

export const showEnvironment = command({
  path: ['environment', 'show'],
  summary: 'Show an environment.',
  examples: [['Show one version', 'farled environment show -n myenv -v 1']],
  options: ENVIRONMENT_NAME_OPTIONS,
  async run(options, parts) {
    const { name, version } = options;
    const environment = await Environment.get(await findWorkspace(options, parts), {
      name,
      version,
      signal: parts.signal,
    });
    return item(environmentFields(environment), ENVIRONMENT_COLUMNS);
  },
});
