import { AksEndpoint } from '@farled/sdk';

import { command } from '../../command.ts';
import { findWorkspace } from '../../workspace.ts';
import { ENDPOINT_NAME_OPTIONS } from './options.ts';

export const getEndpointKeys = command({
  path: ['endpoint', 'realtime', 'get-keys'],
  summary: 'Print both keys of an endpoint.',
  examples: [
    ['Print the first key alone', 'farled endpoint realtime get-keys -n myendpoint --query primaryKey -o tsv'],
  ],
  options: ENDPOINT_NAME_OPTIONS,
  async run(options, parts) {
    const endpoint = await AksEndpoint.get(await findWorkspace(options, parts), options.name, parts);
    const [primaryKey, secondaryKey] = await endpoint.getKeys(parts);
    return { value: { primaryKey, secondaryKey } };
  },
});
