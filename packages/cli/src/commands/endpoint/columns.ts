import type { Endpoint } from '@farled/contract';

import type { Column } from '../../command.ts';

export const ENDPOINT_COLUMNS: readonly Column<Endpoint>[] = [
  ['Name', ({ name }) => name],
  ['State', ({ state }) => state],
  ['Compute', ({ computeName }) => computeName],
  [
    'Versions',
    ({ versions, defaultVersion }) =>
      versions
        .map(
          ({ name, state, effectivePercentile }) =>
            `${name}${name === defaultVersion ? ' (default)' : ''} ${effectivePercentile} %${state === 'Healthy' ? '' : ` ${state}`}`,
        )
        .join(', '),
  ],
  ['ScoringUri', ({ scoringUri }) => scoringUri],
];
