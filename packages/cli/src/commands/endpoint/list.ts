import { AksEndpoint } from '@farled/sdk';

import { command, list } from '../../command.ts';
import { FILTER_OPTIONS, WORKSPACE_OPTIONS } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';
import { ENDPOINT_COLUMNS } from './columns.ts';

export const listEndpoints = command({
  path: ['endpoint', 'realtime', 'list'],
  summary: 'List endpoints, last changed first.',
  examples: [['List the endpoints with a tag', 'farled endpoint realtime list --tag release=2']],
  options: { ...FILTER_OPTIONS, ...WORKSPACE_OPTIONS },
  async run(options, parts) {
    const { tag, property } = options;
    const { signal } = parts;
    const workspace = await findWorkspace(options, parts);
    const all = await AksEndpoint.list(workspace, { tags: tag, properties: property, signal });
    return list(
      all.map((endpoint) => endpoint.serialize()),
      ENDPOINT_COLUMNS,
    );
  },
});
