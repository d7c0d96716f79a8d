import { FarledError, routes } from '@farled/contract';
import type { CallInput } from '@farled/sdk';

import { command, item } from '../../command.ts';
import { flag, text, whole } from '../../parse/options.ts';
import { findSubscription } from '../../workspace.ts';
import { ACCESS_OPTIONS, readAccess } from './access-options.ts';
import { CLUSTER_COLUMNS } from './columns.ts';
import { CLUSTER_NAME_OPTIONS } from './options.ts';

type Body = CallInput<typeof routes.clusters.add>['body'];

export const addCluster = command({
  path: ['cluster', 'add'],
  summary: 'Make an existing cluster known, so that it can be attached; replace the credential of a known Kubernetes.',
  examples: [
    [
      'Make a Kubernetes known, in Azure or not, under the resource id of this group and name',
      'farled cluster add -g shipping -n mycluster --kubeconfig ~/.kube/config --context admin@mycluster',
    ],
    [
      'Give it another credential, from a program that writes one',
      'farled cluster add -g shipping -n mycluster --kubeconfig -',
    ],
    ['Make the cluster known that the server runs in', 'farled cluster add -g shipping -n own --in-cluster'],
    [
      'Make this machine known as a cluster',
      'farled cluster add -g shipping -n mycluster --local -a 3 -s Standard_D3_v2',
    ],
  ],
  options: {
    ...CLUSTER_NAME_OPTIONS,
    ...ACCESS_OPTIONS,
    local: flag('--local', 'The cluster is this machine.'),
    agentCount: whole('-a --agent-count', 'With --local: how many agents it is said to have, 3 by default.'),
    vmSize: text('-s --vm-size', 'SIZE', 'With --local: VM size of an agent, Standard_D3_v2 by default.'),
  },
  async run({ name, resourceGroup, subscriptionId, local, agentCount, vmSize, ...given }, parts) {
    const access = await readAccess(given, parts);
    const body: Body | undefined = local
      ? { kind: 'local', agentCount, vmSize }
      : access === undefined
        ? undefined
        : { kind: 'kubernetes', ...access };
    if (body === undefined || (local && access !== undefined)) {
      throw new FarledError(
        'BadArgument',
        `What the cluster is was ${body === undefined ? 'not said' : 'said twice'}.`,
        {
          suggestion: 'Add --kubeconfig FILE or --in-cluster for a Kubernetes. Add --local for this machine.',
        },
      );
    }
    if (body.kind === 'kubernetes' && (agentCount !== undefined || vmSize !== undefined)) {
      throw new FarledError('BadArgument', 'A Kubernetes says itself how many nodes it has, and of which size.', {
        suggestion: 'Leave --agent-count and --vm-size out.',
      });
    }
    const cluster = await parts.client.call(routes.clusters.add, {
      params: { subscriptionId: await findSubscription(subscriptionId, parts), resourceGroup, cluster: name },
      body,
      signal: parts.signal,
    });
    cluster.kubernetes?.warnings.forEach(parts.progress.notice);
    return item(cluster, CLUSTER_COLUMNS);
  },
});
