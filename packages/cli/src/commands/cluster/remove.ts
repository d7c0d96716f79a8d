import { routes } from '@farled/contract';

import { command } from '../../command.ts';
import { findSubscription } from '../../workspace.ts';
import { CLUSTER_NAME_OPTIONS } from './options.ts';

export const removeCluster = command({
  path: ['cluster', 'remove'],
  summary: 'Forget a cluster that is not attached.',
  examples: [['Forget a cluster', 'farled cluster remove -g shipping -n mycluster']],
  options: CLUSTER_NAME_OPTIONS,
  async run({ name, resourceGroup, subscriptionId }, parts) {
    await parts.client.call(routes.clusters.remove, {
      params: { subscriptionId: await findSubscription(subscriptionId, parts), resourceGroup, cluster: name },
      signal: parts.signal,
    });
    return undefined;
  },
});
