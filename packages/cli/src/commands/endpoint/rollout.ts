import { FarledError } from '@farled/contract';
import { AksEndpoint } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { decimal, flag, text, whole } from '../../parse/options.ts';
import { NO_WAIT } from '../../parse/shared-options.ts';
import { findWorkspace } from '../../workspace.ts';
import { ENDPOINT_COLUMNS } from './columns.ts';
import { ENDPOINT_NAME_OPTIONS } from './options.ts';

export const rollOutEndpointVersion = command({
  path: ['endpoint', 'realtime', 'rollout'],
  summary: 'Give a version more and more of the requests, and take them back when it does worse than the control.',
  examples: [
    [
      'Go from a twentieth to all, ten minutes at each step at least',
      'farled endpoint realtime rollout -n myendpoint --vn v2 --steps 5,25,50,100 --step-seconds 600',
    ],
    ['Give back what it got before', 'farled endpoint realtime rollout -n myendpoint --abort'],
  ],
  options: {
    ...ENDPOINT_NAME_OPTIONS,
    versionName: text('--vn --version-name', 'NAME', 'Name of the version.'),
    steps: text('--steps', 'PERCENT,...', 'What it gets one after the other; 5,25,50,100 by default.'),
    stepSeconds: whole('--step-seconds', 'How long a step lasts at least, 60 by default.'),
    minRequests: whole('--min-requests', 'How many requests it has to get in a step at least, 100 by default.'),
    maxErrorRateIncrease: decimal(
      '--max-error-rate-increase',
      'By how many points its rate of errors may be above that of the control, from 0 to 1; 0.01 by default.',
    ),
    maxP99Ratio: decimal(
      '--max-p99-ratio',
      'How many times that of the control its 99th percentile may be, 1.5 by default.',
    ),
    abort: flag('--abort', 'End the rollout that runs: the version gets what it got before.'),
    noWait: NO_WAIT,
  },
  async run(options, parts) {
    const { progress, signal } = parts;
    const { versionName, steps = '5,25,50,100', stepSeconds, minRequests, maxErrorRateIncrease, maxP99Ratio } = options;
    const endpoint = await AksEndpoint.get(await findWorkspace(options, parts), options.name, parts);
    if (options.abort) {
      await endpoint.abortRollout({ signal });
      return item(endpoint.serialize(), ENDPOINT_COLUMNS);
    }
    if (versionName === undefined) {
      throw new FarledError('BadArgument', 'The version is not named.', { suggestion: 'Name it with --vn.' });
    }
    await progress.during(`Rolling out ${versionName} of ${endpoint.name}`, async ({ line }) => {
      await endpoint.rollOut({
        version: versionName,
        steps: steps.split(',').map(percent),
        stepSeconds,
        minRequests,
        maxErrorRateIncrease,
        maxP99Ratio,
        signal,
      });
      if (!options.noWait) {
        await endpoint.waitForDeployment({ showOutput: line, signal });
      }
    });
    return item(endpoint.serialize(), ENDPOINT_COLUMNS);
  },
});

function percent(said: string): number {
  if (!/^\d+(?:\.\d+)?$/.test(said.trim())) {
    throw new FarledError('BadArgument', `--steps needs percentages, not "${said}".`, {
      suggestion: 'Write them as --steps 5,25,50,100.',
    });
  }
  return Number(said);
}
