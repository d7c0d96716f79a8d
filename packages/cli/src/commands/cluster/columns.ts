import type { Cluster } from '@farled/contract';

import type { Column } from '../../command.ts';

export const CLUSTER_COLUMNS: readonly Column<Cluster>[] = [
  ['Name', ({ name }) => name],
  ['ResourceGroup', ({ resourceGroup }) => resourceGroup],
  ['Kind', ({ kind }) => kind],
  ['Nodes', ({ agentCount, vmSize, kind }) => (kind === 'local' ? `${agentCount} x ${vmSize}` : agentCount)],
  ['Server', ({ kubernetes }) => kubernetes?.server ?? ''],
  ['Version', ({ kubernetes }) => kubernetes?.version ?? ''],
  ['AttachedAs', ({ attachedTo }) => attachedTo?.compute ?? ''],
  ['ResourceId', ({ resourceId }) => resourceId],
];
