/** The objects that install the router in a cluster: pure, in the order in which they are to be applied. */
import { CLUSTER, CLUSTER_STATISTICS } from '@farled/contract';
import type { KubernetesObject } from '@farled/kubernetes';

import { networkObjects } from './router-objects-network.ts';
import { type Labels, type Manifest, ROUTER_SELECTOR, type RouterInstallation } from './router-objects-options.ts';
import { rightsObjects } from './router-objects-rights.ts';
import { workloadObjects } from './router-objects-workload.ts';

export function routerObjects(options: RouterInstallation): KubernetesObject[] {
  const labels = {
    ...CLUSTER.managedBy,
    ...ROUTER_SELECTOR,
    [CLUSTER.installationLabel]: options.installation,
  };
  return [
    namespace(labels),
    ...rightsObjects(labels),
    statistics(labels),
    ...networkObjects(options, labels),
    ...workloadObjects(options, labels),
  ];
}

/** Empty: routers fill it, and may not make it. */
function statistics(labels: Labels): Manifest {
  const { configMap: name } = CLUSTER_STATISTICS;
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: CLUSTER.systemNamespace, labels } };
}

function namespace(labels: Labels): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: CLUSTER.systemNamespace,
      labels: { ...labels, 'pod-security.kubernetes.io/enforce': 'restricted' },
    },
  };
}
