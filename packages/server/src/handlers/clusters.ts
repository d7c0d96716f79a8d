import { clusterId } from '@farled/contract';

import type { HandlersOf } from '../handler.ts';
import type { AppParts } from '../parts.ts';

export function clusterHandlers({ state, clusters }: AppParts): HandlersOf<'clusters'> {
  return {
    listClusters: async ({ query }) => [200, await state.clusters.list(query)],
    getCluster: async ({ params }) => [200, await state.clusters.get(clusterId(params))],
    addCluster: async ({ params, body }, { signal }) => {
      const resourceId = clusterId(params);
      if (body.kind === 'local') {
        return [201, await state.clusters.add(resourceId, body)];
      }
      const connected = await clusters.inspect(body.credentials, signal);
      return state.transaction(async (stores) => {
        const known = await stores.clusters.find(resourceId);
        return known === undefined
          ? [201, await stores.clusters.add(resourceId, { kind: 'kubernetes', ...connected })]
          : [200, await stores.clusters.replaceConnection(resourceId, connected)];
      });
    },
    removeCluster: async ({ params }) => {
      await state.clusters.remove(clusterId(params));
      return [204];
    },
  };
}
