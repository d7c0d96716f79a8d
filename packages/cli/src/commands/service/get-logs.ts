import { Webservice } from '@farled/sdk';

import { command } from '../../command.ts';
import { unbuilt, whole } from '../../parse/options.ts';
import { findWorkspace } from '../../workspace.ts';
import { SERVICE_NAME_OPTIONS } from './options.ts';

export const getServiceLogs = command({
  path: ['service', 'get-logs'],
  summary: 'Print the last lines that the replicas of a service wrote.',
  examples: [['Print the last 100 lines', 'farled service get-logs -n myservice -l 100']],
  options: {
    ...SERVICE_NAME_OPTIONS,
    numLines: whole('-l --num_lines', 'How many lines, 5000 by default.'),
    init: unbuilt('-i --init', 'Replicas have no init container here; leave it out.'),
  },
  async run(options, parts) {
    const service = await Webservice.get(await findWorkspace(options, parts), options.name, parts);
    return { value: await service.getLogs({ numLines: options.numLines, signal: parts.signal }), prefer: 'text' };
  },
});
