import { AksEndpoint } from '@farled/sdk';

import { command } from '../../command.ts';
import { findWorkspace } from '../../workspace.ts';
import { ENDPOINT_NAME_OPTIONS } from './options.ts';

export const deleteEndpoint = command({
  path: ['endpoint', 'realtime', 'delete'],
  summary: 'Delete an endpoint with its versions.',
  examples: [['Delete an endpoint', 'farled endpoint realtime delete -n myendpoint']],
  options: ENDPOINT_NAME_OPTIONS,
  async run(options, parts) {
    const { progress, signal } = parts;
    const endpoint = await AksEndpoint.get(await findWorkspace(options, parts), options.name, parts);
    await progress.during(`Deleting ${endpoint.name}`, ({ line }) => endpoint.delete({ showOutput: line, signal }));
    return undefined;
  },
});
