import { routes } from '@farled/contract';
import { readPages } from '@farled/sdk';

import { command, list } from '../../command.ts';
import { CLUSTER_COLUMNS } from './columns.ts';

export const listClusters = command({
  path: ['cluster', 'list'],
  summary: 'List the clusters that compute targets can be attached to.',
  examples: [['List the ids of known clusters', 'farled cluster list --query "[].resourceId" -o tsv']],
  options: {},
  async run(_options, { client, signal }) {
    const all = await readPages((skipToken) => client.call(routes.clusters.list, { query: { skipToken }, signal }));
    return list(all, CLUSTER_COLUMNS);
  },
});
