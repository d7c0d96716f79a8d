import { resolve } from 'node:path';

import { Environment } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { flag, text } from '../../parse/options.ts';
import { findWorkspace } from '../../workspace.ts';
import { writeEnvironmentFolder } from './folder.ts';
import { ENVIRONMENT_NAME_OPTIONS } from './options.ts';

export const downloadEnvironment = command({
  path: ['environment', 'download'],
  summary: 'Write an environment into a folder.',
  examples: [['Download an environment', 'farled environment download -n myenv -d myenv']],
  options: {
    ...ENVIRONMENT_NAME_OPTIONS,
    directory: text('-d --directory', 'PATH', 'Folder to write into; one of its name by default.'),
    overwrite: flag('--overwrite', 'Replace files that exist.'),
  },
  async run(options, parts) {
    const { name, version, directory = name, overwrite } = options;
    const environment = await Environment.get(await findWorkspace(options, parts), {
      name,
      version,
      signal: parts.signal,
    });
    const folder = await writeEnvironmentFolder(resolve(parts.folder, directory), environment, { overwrite });
    return item({ name, version: environment.version, directory: folder }, [
      ['Name', () => name],
      ['Directory', () => folder],
    ]);
  },
});
