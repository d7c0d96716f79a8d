/** Clusters as the test double has them. */
import { clusterId } from '@farled/contract';

import { describeCluster } from './clusters.ts';
import type { Handlers } from './handlers.ts';
import { found, now, type TestState } from './state.ts';

export function clusterHandlers(
  state: TestState,
): Pick<Handlers, 'listClusters' | 'getCluster' | 'addCluster' | 'removeCluster'> {
  return {
    listClusters: () => [200, { value: [...state.clusters.values()] }],
    getCluster: ({ params }) => [
      200,
      found(state.clusters.get(clusterId(params).toLowerCase()), 'ClusterNotFound', `cluster "${params.cluster}"`),
    ],
    addCluster: ({ params: { cluster: name, ...path }, body }) => {
      const resourceId = clusterId({ ...path, cluster: name });
      const made = { resourceId, name, ...path, ...describeCluster(body), attachedTo: null, createdTime: now() };
      const status = state.clusters.has(resourceId.toLowerCase()) ? 200 : 201;
      state.clusters.set(resourceId.toLowerCase(), made);
      return [status, made];
    },
    removeCluster: ({ params }) => {
      state.clusters.delete(clusterId(params).toLowerCase());
      return [204];
    },
  };
}
