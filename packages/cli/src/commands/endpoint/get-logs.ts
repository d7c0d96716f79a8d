import { AksEndpoint } from '@farled/sdk';

import { command } from '../../command.ts';
import { flag, text, unbuilt, whole } from '../../parse/options.ts';
import { findWorkspace } from '../../workspace.ts';
import { ENDPOINT_NAME_OPTIONS } from './options.ts';

export const getEndpointLogs = command({
  path: ['endpoint', 'realtime', 'get-logs'],
  summary: 'Print the last lines that the replicas of a version wrote.',
  examples: [
    ['Print the last 100 lines of a version', 'farled endpoint realtime get-logs -n myendpoint --vn v2 -l 100'],
  ],
  options: {
    ...ENDPOINT_NAME_OPTIONS,
    versionName: text('--vn --version-name', 'NAME', 'Name of the version, the default one when not said.'),
    numLines: whole('-l --num_lines', 'How many lines, 5000 by default.'),
    follow: flag('--follow', 'Go on with what is written, also by replicas that come later.'),
    init: unbuilt('-i --init', 'Models are in the image, so replicas have no init container: leave it out.'),
  },
  async run(options, parts) {
    const { versionName, numLines, follow } = options;
    const { signal, print } = parts;
    const endpoint = await AksEndpoint.get(await findWorkspace(options, parts), options.name, parts);
    if (!follow) {
      return { value: await endpoint.getLogs({ versionName, numLines, signal }), prefer: 'text' };
    }
    for await (const line of endpoint.followLogs({ versionName, numLines, signal })) {
      if (!(await print(`${line}\n`))) {
        break;
      }
    }
    return undefined;
  },
});
