import { Webservice } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { findWorkspace } from '../../workspace.ts';
import { SERVICE_COLUMNS } from './columns.ts';
import { SERVICE_NAME_OPTIONS } from './options.ts';

export const showService = command({
  path: ['service', 'show'],
  summary: 'Show a service with its state and its scoring address.',
  examples: [['Print the state alone', 'farled service show -n myservice --query state -o tsv']],
  options: SERVICE_NAME_OPTIONS,
  async run(options, parts) {
    const service = await Webservice.get(await findWorkspace(options, parts), options.name, parts);
    return item(service.serialize(), SERVICE_COLUMNS);
  },
});
