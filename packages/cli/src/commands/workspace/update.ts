import { command, item } from '../../command.ts';
import { pairs, text, unbuilt } from '../../parse/options.ts';
import { WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';
import { WORKSPACE_COLUMNS } from './columns.ts';

export const updateWorkspace = command({
  path: ['workspace', 'update'],
  summary: 'Change the texts and tags of a workspace.',
  examples: [['Describe a workspace', 'farled workspace update -w harbour -d "Models of the harbour"']],
  options: {
    ...WORKSPACE_OPTIONS,
    friendlyName: text('-f --friendly-name', 'TEXT', 'Name for people.'),
    description: text('-d --description', 'TEXT', 'What it is for.'),
    tags: pairs('-t --tags', 'Tags; they replace those it has.'),
    imageBuildCompute: unbuilt('-u --image-build-compute'),
  },
  async run(options, parts) {
    const { friendlyName, description, tags } = options;
    const workspace = await findWorkspace(options, parts);
    await workspace.update({ friendlyName, description, tags }, parts.signal);
    return item(workspace.getDetails(), WORKSPACE_COLUMNS);
  },
});
