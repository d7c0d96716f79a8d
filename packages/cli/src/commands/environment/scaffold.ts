import { resolve } from 'node:path';

import { CondaDependencies, Environment } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { required, text } from '../../parse/options.ts';
import { writeEnvironmentFolder } from './folder.ts';

export const scaffoldEnvironment = command({
  path: ['environment', 'scaffold'],
  summary: 'Write the documents of a new environment, to be edited and registered.',
  examples: [['Begin an environment', 'farled environment scaffold -n myenv -d myenv']],
  options: {
    name: required(text('-n --name', 'NAME', 'Name of the environment.')),
    directory: required(text('-d --directory', 'PATH', 'Folder to write into.')),
  },
  async run({ name, directory }, { folder }) {
    const environment = new Environment(name);
    environment.python.condaDependencies = CondaDependencies.create({
      pythonVersion: '3.11',
      pipPackages: ['azureml-defaults'],
    });
    const written = await writeEnvironmentFolder(resolve(folder, directory), environment, { overwrite: false });
    return item({ name, directory: written }, [
      ['Name', () => name],
      ['Directory', () => written],
    ]);
  },
});
