import { resolve } from 'node:path';

import { readEnvironmentFolder } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { required, text } from '../../parse/options.ts';
import { WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';
import { ENVIRONMENT_COLUMNS, environmentFields } from './columns.ts';

export const registerEnvironment = command({
  path: ['environment', 'register'],
  summary: 'Register the environment of a folder; an unchanged one keeps its version.',
  examples: [['Register a scaffolded environment', 'farled environment register -d myenv']],
  options: {
    directory: required(
      text('-d --directory', 'PATH', 'Folder with azureml_environment.json and conda_dependencies.yml.'),
    ),
    ...WORKSPACE_OPTIONS,
  },
  async run(options, parts) {
    const environment = await readEnvironmentFolder(resolve(parts.folder, options.directory));
    const registered = await environment.register(await findWorkspace(options, parts), parts);
    return item(environmentFields(registered), ENVIRONMENT_COLUMNS);
  },
});
