import type { Cluster } from '@farled/contract';

import type { Column } from '../../command.ts';

export const CLUSTER_COLUMNS: readonly Column<Cluster>[] = [
  ['Name', ({ name }) => name],
  ['ResourceGroup', ({ resourceGroup }) => resourceGroup],
  ['Kind', ({ kind }) => kind],
  ['Agents', ({ agentCount, vmSize }) => `${agentCount} x ${vmSize}`],
  ['AttachedAs', ({ attachedTo }) => attachedTo?.compute ?? ''],
  ['ResourceId', ({ resourceId }) => resourceId],
];
