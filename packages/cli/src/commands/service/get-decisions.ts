import { KEPT_DECISIONS, type ScalingDecision } from '@farled/contract';
import { Webservice } from '@farled/sdk';

import { type Column, command, list } from '../../command.ts';
import { flag, whole } from '../../parse/options.ts';
import { findWorkspace } from '../../workspace.ts';
import { SERVICE_NAME_OPTIONS } from './options.ts';

const COLUMNS: readonly Column<ScalingDecision>[] = [
  ['Time', ({ at }) => at],
  ['Replicas', ({ replicas, desired }) => (replicas === desired ? `${replicas}` : `${replicas} -> ${desired}`)],
  ['Busy', ({ busy }) => `${busy}`],
  ['Queued', ({ queued }) => `${queued}`],
  ['Because', ({ because }) => because],
];

export const getServiceDecisions = command({
  path: ['service', 'get-decisions'],
  summary:
    'Show what the autoscaler decided: each change of the replicas, and each refusal to change, with the reason.',
  examples: [
    ['Show the last 20 decisions', 'farled service get-decisions -n myservice'],
    ['Go on as they are made, until Ctrl-C', 'farled service get-decisions -n myservice --last 5 --follow'],
  ],
  options: {
    ...SERVICE_NAME_OPTIONS,
    last: whole('--last', `How many, 20 by default, ${KEPT_DECISIONS} at most.`),
    follow: flag('--follow', 'Go on with those that are made.'),
  },
  async run(options, parts) {
    const { last, follow } = options;
    const { signal, print } = parts;
    const service = await Webservice.get(await findWorkspace(options, parts), options.name, parts);
    if (!follow) {
      return list(await service.getDecisions({ last, signal }), COLUMNS);
    }
    for await (const { at, busy, queued, because } of service.followDecisions({ last, signal })) {
      if (!(await print(`${at} (${busy} busy, ${queued} queued) ${because}\n`))) {
        break;
      }
    }
    return undefined;
  },
});
