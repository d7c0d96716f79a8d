import { ComputeTarget } from '@farled/sdk';

import { command } from '../../command.ts';
import { required, text } from '../../parse/options.ts';
import { WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';

export const deleteCompute = command({
  path: ['computetarget', 'delete'],
  summary: 'Remove a compute target and its cluster.',
  examples: [['Delete a compute target and its cluster', 'farled computetarget delete -n myaks']],
  options: { name: required(text('-n --name', 'NAME', 'Name of the compute target.')), ...WORKSPACE_OPTIONS },
  async run(options, parts) {
    const { progress, signal } = parts;
    const target = await ComputeTarget.get(await findWorkspace(options, parts), options.name, { signal });
    await progress.during(`Deleting ${target.name}`, ({ line }) => target.delete({ showOutput: line, signal }));
    return undefined;
  },
});
