import { Webservice } from '@farled/sdk';

import { command } from '../../command.ts';
import { findWorkspace } from '../../workspace.ts';
import { SERVICE_NAME_OPTIONS } from './options.ts';

export const deleteService = command({
  path: ['service', 'delete'],
  summary: 'Delete a service.',
  examples: [['Delete a service', 'farled service delete -n myservice']],
  options: SERVICE_NAME_OPTIONS,
  async run(options, parts) {
    const { progress, signal } = parts;
    const service = await Webservice.get(await findWorkspace(options, parts), options.name, parts);
    await progress.during(`Deleting ${service.name}`, ({ line }) => service.delete({ showOutput: line, signal }));
    return undefined;
  },
});
