import { routes } from '@farled/contract';

import { command, item } from '../../command.ts';
import { findSubscription } from '../../workspace.ts';
import { CLUSTER_COLUMNS } from './columns.ts';
import { CLUSTER_NAME_OPTIONS } from './options.ts';

export const showCluster = command({
  path: ['cluster', 'show'],
  summary: 'Show a known cluster.',
  examples: [['Show where a cluster is attached', 'farled cluster show -g shipping -n mycluster --query attachedTo']],
  options: CLUSTER_NAME_OPTIONS,
  async run({ name, resourceGroup, subscriptionId }, parts) {
    const cluster = await parts.client.call(routes.clusters.get, {
      params: { subscriptionId: await findSubscription(subscriptionId, parts), resourceGroup, cluster: name },
      signal: parts.signal,
    });
    return item(cluster, CLUSTER_COLUMNS);
  },
});
