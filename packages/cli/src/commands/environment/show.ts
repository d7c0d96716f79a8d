import { Environment } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { text } from '../../parse/options.ts';
import { findWorkspace } from '../../workspace.ts';
import { ENVIRONMENT_COLUMNS, environmentFields } from './columns.ts';
import { ENVIRONMENT_NAME_OPTIONS } from './options.ts';

export const showEnvironment = command({
  path: ['environment', 'show'],
  summary: 'Show an environment.',
  examples: [
    ['Show one version', 'farled environment show -n myenv -v 1'],
    ['Show the version that a label names', 'farled environment show -n myenv --label stable'],
  ],
  options: {
    ...ENVIRONMENT_NAME_OPTIONS,
    label: text('--label', 'LABEL', 'Label of the version; latest is always the newest.'),
  },
  async run(options, parts) {
    const { name, version, label } = options;
    const environment = await Environment.get(await findWorkspace(options, parts), {
      name,
      version,
      label,
      signal: parts.signal,
    });
    return item(environmentFields(environment), ENVIRONMENT_COLUMNS);
  },
});
