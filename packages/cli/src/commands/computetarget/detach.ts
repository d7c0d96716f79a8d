import { ComputeTarget } from '@farled/sdk';

import { command } from '../../command.ts';
import { required, text } from '../../parse/options.ts';
import { WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';

export const detachCompute = command({
  path: ['computetarget', 'detach'],
  summary: 'Remove a compute target; an attached cluster stays known.',
  examples: [['Detach a compute target', 'farled computetarget detach -n myaks']],
  options: { name: required(text('-n --name', 'NAME', 'Name of the compute target.')), ...WORKSPACE_OPTIONS },
  async run(options, parts) {
    const { progress, signal } = parts;
    const target = await ComputeTarget.get(await findWorkspace(options, parts), options.name, { signal });
    await progress.during(`Detaching ${target.name}`, ({ line }) => target.detach({ showOutput: line, signal }));
    return undefined;
  },
});
