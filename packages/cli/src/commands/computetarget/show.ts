import { ComputeTarget } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { required, text } from '../../parse/options.ts';
import { WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';
import { COMPUTE_COLUMNS } from './columns.ts';

export const showCompute = command({
  path: ['computetarget', 'show'],
  summary: 'Show a compute target with its capacity, and where its services may run.',
  examples: [
    ['Show what is reserved of a compute target', 'farled computetarget show -n myaks --query reserved'],
    ['Show why one failed', 'farled computetarget show -n myaks --query provisioningErrors'],
  ],
  options: { name: required(text('-n --name', 'NAME', 'Name of the compute target.')), ...WORKSPACE_OPTIONS },
  async run(options, parts) {
    const target = await ComputeTarget.get(await findWorkspace(options, parts), options.name, parts);
    return item(target.serialize(), COMPUTE_COLUMNS);
  },
});
