import type { Compute } from '@farled/contract';

import type { Column } from '../../command.ts';

export const COMPUTE_COLUMNS: readonly Column<Compute>[] = [
  ['Name', ({ name }) => name],
  ['Type', ({ computeType }) => computeType],
  ['State', ({ provisioningState }) => provisioningState],
  ['Purpose', ({ clusterPurpose }) => clusterPurpose],
  ['Agents', ({ agentCount, vmSize }) => `${agentCount} x ${vmSize}`],
  ['CPU', ({ reserved, capacity }) => `${reserved.cpu} of ${capacity.cpu}`],
  ['MemoryInGB', ({ reserved, capacity }) => `${reserved.memoryInGB} of ${capacity.memoryInGB}`],
];
