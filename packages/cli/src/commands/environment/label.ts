import { Environment } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { required, text, texts } from '../../parse/options.ts';
import { WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';
import { ENVIRONMENT_COLUMNS, environmentFields } from './columns.ts';

export const labelEnvironment = command({
  path: ['environment', 'label'],
  summary: 'Give a version of an environment its labels, in place of those that it had.',
  examples: [
    ['Let a label name version 2 from now on', 'farled environment label -n myenv -v 2 --label stable'],
    ['Take all labels from a version', 'farled environment label -n myenv -v 1'],
  ],
  options: {
    name: required(text('-n --name', 'NAME', 'Name of the environment.')),
    version: required(text('-v --version', 'VERSION', 'Version to label.')),
    label: texts('--label', 'LABEL', 'A label, which another version loses; can be given again.'),
    ...WORKSPACE_OPTIONS,
  },
  async run(options, parts) {
    const { name, version, label: labels } = options;
    const { signal } = parts;
    const labelled = await Environment.label(await findWorkspace(options, parts), { name, version, labels, signal });
    return item(environmentFields(labelled), ENVIRONMENT_COLUMNS);
  },
});
