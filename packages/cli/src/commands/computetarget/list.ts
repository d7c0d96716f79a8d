import { ComputeTarget } from '@farled/sdk';

import { command, list } from '../../command.ts';
import { WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';
import { COMPUTE_COLUMNS } from './columns.ts';

export const listComputes = command({
  path: ['computetarget', 'list'],
  summary: 'List compute targets.',
  examples: [['List the compute targets of the workspace', 'farled computetarget list']],
  options: WORKSPACE_OPTIONS,
  async run(options, parts) {
    const all = await ComputeTarget.list(await findWorkspace(options, parts), parts);
    return list(
      all.map((target) => target.serialize()),
      COMPUTE_COLUMNS,
    );
  },
});
