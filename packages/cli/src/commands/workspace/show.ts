import { command, item } from '../../command.ts';
import { WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';
import { WORKSPACE_COLUMNS } from './columns.ts';

export const showWorkspace = command({
  path: ['workspace', 'show'],
  summary: 'Show a workspace.',
  examples: [['Show the workspace that this folder is attached to', 'farled workspace show']],
  options: WORKSPACE_OPTIONS,
  async run(options, parts) {
    return item((await findWorkspace(options, parts)).getDetails(), WORKSPACE_COLUMNS);
  },
});
