import { FarledError } from '@farled/contract';

import { command } from '../../command.ts';
import { flag, unbuilt } from '../../parse/options.ts';
import { WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';

export const deleteWorkspace = command({
  path: ['workspace', 'delete'],
  summary: 'Delete a workspace with its models and environments.',
  examples: [['Delete a workspace without being asked', 'farled workspace delete -w harbour -g shipping -y']],
  options: {
    ...WORKSPACE_OPTIONS,
    yes: flag('-y --yes', 'Do not ask.'),
    noWait: flag('--no-wait', 'Nothing is waited for either way.'),
    allResources: unbuilt('--all-resources', 'Delete services and compute targets first.'),
  },
  async run(options, parts) {
    const workspace = await findWorkspace(options, parts);
    const question = `Delete the workspace "${workspace.name}" with its models and environments?`;
    if (!options.yes && !(await parts.confirm(question))) {
      throw new FarledError('BadArgument', `The workspace "${workspace.name}" was not deleted.`);
    }
    await workspace.delete(parts.signal);
    return undefined;
  },
});
