import { Webservice } from '@farled/sdk';

import { command } from '../../command.ts';
import { flag, unbuilt, whole } from '../../parse/options.ts';
import { findWorkspace } from '../../workspace.ts';
import { SERVICE_NAME_OPTIONS } from './options.ts';

export const getServiceLogs = command({
  path: ['service', 'get-logs'],
  summary: 'Print the last lines that the replicas of a service wrote.',
  examples: [
    ['Print the last 100 lines', 'farled service get-logs -n myservice -l 100'],
    ['Go on printing what all replicas write, until Ctrl-C', 'farled service get-logs -n myservice -l 10 --follow'],
  ],
  options: {
    ...SERVICE_NAME_OPTIONS,
    numLines: whole('-l --num_lines', 'How many lines, 5000 by default.'),
    follow: flag('--follow', 'Go on with what is written, also by replicas that come later.'),
    init: unbuilt('-i --init', 'Models are in the image, so replicas have no init container: leave it out.'),
  },
  async run(options, parts) {
    const { numLines, follow } = options;
    const { signal, print } = parts;
    const service = await Webservice.get(await findWorkspace(options, parts), options.name, parts);
    if (!follow) {
      return { value: await service.getLogs({ numLines, signal }), prefer: 'text' };
    }
    for await (const line of service.followLogs({ numLines, signal })) {
      if (!(await print(`${line}\n`))) {
        break;
      }
    }
    return undefined;
  },
});
