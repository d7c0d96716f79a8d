import { FarledError, routes } from '@farled/contract';

import { command, item } from '../../command.ts';
import { flag, text, unbuilt, whole } from '../../parse/options.ts';
import { findSubscription } from '../../workspace.ts';
import { CLUSTER_COLUMNS } from './columns.ts';
import { CLUSTER_NAME_OPTIONS } from './options.ts';

export const addCluster = command({
  path: ['cluster', 'add'],
  summary: 'Make an existing cluster known, so that it can be attached.',
  examples: [
    [
      'Make this machine known as a cluster',
      'farled cluster add -g shipping -n mycluster --local -a 3 -s Standard_D3_v2',
    ],
  ],
  options: {
    ...CLUSTER_NAME_OPTIONS,
    local: flag('--local', 'The cluster is this machine.'),
    kubeconfig: unbuilt('--kubeconfig', 'Use --local, which makes this machine known as a cluster.'),
    agentCount: whole('-a --agent-count', 'How many agents it is said to have, 3 by default.'),
    vmSize: text('-s --vm-size', 'SIZE', 'VM size of an agent, Standard_D3_v2 by default.'),
  },
  async run({ name, resourceGroup, subscriptionId, local, agentCount, vmSize }, parts) {
    if (!local) {
      throw new FarledError('BadArgument', 'What the cluster is was not said.', {
        suggestion: 'Add --local, which makes this machine known as a cluster.',
      });
    }
    const cluster = await parts.client.call(routes.clusters.add, {
      params: { subscriptionId: await findSubscription(subscriptionId, parts), resourceGroup, cluster: name },
      body: { kind: 'local', agentCount, vmSize },
      signal: parts.signal,
    });
    return item(cluster, CLUSTER_COLUMNS);
  },
});
