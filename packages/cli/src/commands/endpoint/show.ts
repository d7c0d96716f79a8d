import { AksEndpoint } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { findWorkspace } from '../../workspace.ts';
import { ENDPOINT_COLUMNS } from './columns.ts';
import { ENDPOINT_NAME_OPTIONS } from './options.ts';

export const showEndpoint = command({
  path: ['endpoint', 'realtime', 'show'],
  summary: 'Show an endpoint with its versions and what each gets of the requests.',
  examples: [
    [
      'Print what each version gets',
      "farled endpoint realtime show -n myendpoint --query 'versions[].[name, effectivePercentile]' -o tsv",
    ],
  ],
  options: ENDPOINT_NAME_OPTIONS,
  async run(options, parts) {
    const endpoint = await AksEndpoint.get(await findWorkspace(options, parts), options.name, parts);
    return item(endpoint.serialize(), ENDPOINT_COLUMNS);
  },
});
