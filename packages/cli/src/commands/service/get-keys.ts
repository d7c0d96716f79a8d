import { Webservice } from '@farled/sdk';

import { command } from '../../command.ts';
import { findWorkspace } from '../../workspace.ts';
import { SERVICE_NAME_OPTIONS } from './options.ts';

export const getServiceKeys = command({
  path: ['service', 'get-keys'],
  summary: 'Print both keys of a service.',
  examples: [['Print the first key alone', 'farled service get-keys -n myservice --query primaryKey -o tsv']],
  options: SERVICE_NAME_OPTIONS,
  async run(options, parts) {
    const service = await Webservice.get(await findWorkspace(options, parts), options.name, parts);
    const [primaryKey, secondaryKey] = await service.getKeys(parts);
    return { value: { primaryKey, secondaryKey } };
  },
});
