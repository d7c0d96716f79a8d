import { clusterId } from '@farled/contract';

import type { HandlersOf } from '../handler.ts';
import type { AppParts } from '../parts.ts';

export function clusterHandlers({ state }: AppParts): HandlersOf<'clusters'> {
  return {
    listClusters: async ({ query }) => [200, await state.clusters.list(query)],
    getCluster: async ({ params }) => [200, await state.clusters.get(clusterId(params))],
    addCluster: async ({ params, body }) => [201, await state.clusters.add(clusterId(params), body)],
    removeCluster: async ({ params }) => {
      await state.clusters.remove(clusterId(params));
      return [204];
    },
  };
}
