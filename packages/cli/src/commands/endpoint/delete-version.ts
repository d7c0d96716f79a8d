import { AksEndpoint } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { NO_WAIT } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';
import { ENDPOINT_COLUMNS } from './columns.ts';
import { VERSION_NAME_OPTIONS } from './options.ts';

export const deleteEndpointVersion = command({
  path: ['endpoint', 'realtime', 'delete-version'],
  summary: 'Delete a version that is not the default one; what it got goes to that.',
  examples: [['Delete a version', 'farled endpoint realtime delete-version -n myendpoint --vn v1']],
  options: { ...VERSION_NAME_OPTIONS, noWait: NO_WAIT },
  async run(options, parts) {
    const { progress, signal } = parts;
    const endpoint = await AksEndpoint.get(await findWorkspace(options, parts), options.name, parts);
    await progress.during(`Deleting version ${options.versionName} of ${endpoint.name}`, async ({ line }) => {
      await endpoint.deleteVersion(options.versionName, { signal });
      if (!options.noWait) {
        await endpoint.waitForDeployment({ showOutput: line, signal });
      }
    });
    return item(endpoint.serialize(), ENDPOINT_COLUMNS);
  },
});
