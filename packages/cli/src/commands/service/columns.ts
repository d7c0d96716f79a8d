import type { Service } from '@farled/contract';

import type { Column } from '../../command.ts';

export const SERVICE_COLUMNS: readonly Column<Service>[] = [
  ['Name', ({ name }) => name],
  ['State', ({ state }) => state],
  ['Compute', ({ computeName }) => computeName],
  ['Models', ({ models }) => models.join(' ')],
  [
    'Replicas',
    ({ deploymentStatus: { availableReplicas, desiredReplicas } }) => `${availableReplicas} of ${desiredReplicas}`,
  ],
  ['ScoringUri', ({ scoringUri }) => scoringUri],
];
