import type { Compute } from '@farled/contract';

import type { Column } from '../../command.ts';
import { nodesOf } from '../cluster/columns.ts';

export const COMPUTE_COLUMNS: readonly Column<Compute>[] = [
  ['Name', ({ name }) => name],
  ['Kind', ({ clusterKind }) => clusterKind],
  ['State', ({ provisioningState }) => provisioningState],
  ['Purpose', ({ clusterPurpose }) => clusterPurpose],
  ['Nodes', nodesOf],
  ['CPU', ({ reserved, capacity }) => `${reserved.cpu} of ${capacity.cpu}`],
  ['MemoryInGB', ({ reserved, capacity }) => `${reserved.memoryInGB} of ${capacity.memoryInGB}`],
  ['ScoringUrl', ({ scoringUrl }) => scoringUrl ?? ''],
];
