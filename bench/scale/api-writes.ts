/** Writes to what Farled applies, as the API server counts them; what the cluster does by itself is not among them. */
import type { Cluster } from '../../e2e/cluster/cluster.ts';

const KINDS: ReadonlySet<string> = new Set([
  'deployments',
  'services',
  'secrets',
  'networkpolicies',
  'poddisruptionbudgets',
]);
const VERBS: ReadonlySet<string> = new Set(['APPLY', 'PATCH', 'POST', 'DELETE']);

export async function countWrites({ kubectl }: Pick<Cluster, 'kubectl'>): Promise<number> {
  const metrics = await kubectl(['get', '--raw=/metrics']);
  let writes = 0;
  for (const [, labels = '', count] of metrics.matchAll(/^apiserver_request_total\{(.*)\} (\S+)$/gm)) {
    const label = (name: string): string => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
    if (KINDS.has(label('resource')) && VERBS.has(label('verb')) && ['', 'scale'].includes(label('subresource'))) {
      writes += Number(count);
    }
  }
  return writes;
}
