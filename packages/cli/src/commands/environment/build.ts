import { Environment } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { NO_WAIT } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';
import { ENVIRONMENT_COLUMNS, environmentFields } from './columns.ts';
import { ENVIRONMENT_NAME_OPTIONS } from './options.ts';

export const buildEnvironment = command({
  path: ['environment', 'build'],
  summary: 'Install an environment on the machine of the server, ahead of the services that are to run in it.',
  examples: [
    ['Install the newest version', 'farled environment build -n myenv'],
    ['Begin to install one version', 'farled environment build -n myenv -v 1 --no-wait'],
  ],
  options: { ...ENVIRONMENT_NAME_OPTIONS, noWait: NO_WAIT },
  async run(options, parts) {
    const { progress, signal } = parts;
    const { name, version, noWait } = options;
    const workspace = await findWorkspace(options, parts);
    const environment = await Environment.get(workspace, { name, version, signal });
    await progress.during(`Building ${name}`, ({ line }) =>
      environment.build(workspace, { wait: !noWait, showOutput: line, signal }),
    );
    return item(environmentFields(environment), ENVIRONMENT_COLUMNS);
  },
});
