import type { Cluster } from '@farled/contract';

import type { Column } from '../../command.ts';

/** Nodes of a Kubernetes may be of many sizes; then it has none. */
export function nodesOf({ agentCount, vmSize }: Pick<Cluster, 'agentCount' | 'vmSize'>): string {
  return vmSize === 'kubernetes' ? String(agentCount) : `${agentCount} x ${vmSize}`;
}

export const CLUSTER_COLUMNS: readonly Column<Cluster>[] = [
  ['Name', ({ name }) => name],
  ['ResourceGroup', ({ resourceGroup }) => resourceGroup],
  ['Kind', ({ kind }) => kind],
  ['Nodes', nodesOf],
  ['Server', ({ kubernetes }) => kubernetes?.server ?? ''],
  ['Version', ({ kubernetes }) => kubernetes?.version ?? ''],
  ['AttachedAs', ({ attachedTo }) => attachedTo?.compute ?? ''],
];
