import { Webservice } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { NO_WAIT } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';
import { SERVICE_COLUMNS } from './columns.ts';
import { SERVICE_NAME_OPTIONS } from './options.ts';

export const rollBackService = command({
  path: ['service', 'rollback'],
  summary: 'Bring back what a service was before its last change; once more goes forward again. Keys stay.',
  examples: [
    ['Go back to what ran before', 'farled service rollback -n myservice'],
    ['Go back, and do not wait for it', 'farled service rollback -n myservice --no-wait'],
  ],
  options: { ...SERVICE_NAME_OPTIONS, noWait: NO_WAIT },
  async run(options, parts) {
    const { progress, signal } = parts;
    const service = await Webservice.get(await findWorkspace(options, parts), options.name, parts);
    await progress.during(`Rolling back ${service.name}`, async ({ line }) => {
      await service.rollback({ signal });
      if (!options.noWait) {
        await service.waitForDeployment({ showOutput: line, signal });
      }
    });
    return item(service.serialize(), SERVICE_COLUMNS);
  },
});
