/** What the routers of a cluster counted of endpoints, as the elected one wrote it down. */
import { CLUSTER, CLUSTER_STATISTICS, ClusterStatistics } from '@farled/contract';
import { KINDS, type KubernetesClient } from '@farled/kubernetes';

/** The elected router may change meanwhile, and clocks differ. */
const STALE_MS = 60_000;

export type ReadStatistics =
  | { readonly kind: 'told'; readonly statistics: ClusterStatistics }
  /** One sentence: why there is nothing to go by. */
  | { readonly kind: 'untold'; readonly because: string };

/** @throws KubernetesError when the API server can't be asked. */
export async function readClusterStatistics(
  client: Pick<KubernetesClient, 'get'>,
  now: number,
  signal: AbortSignal,
): Promise<ReadStatistics> {
  const { configMap: name, key } = CLUSTER_STATISTICS;
  const found = await client.get(KINDS.configMap, { namespace: CLUSTER.systemNamespace, name }, signal);
  const where = `ConfigMap ${CLUSTER.systemNamespace}/${name}`;
  if (found === undefined) {
    return untold(`There is no ${where}: the routers are older than this Farled. Bring them up to date.`);
  }
  const text = found.data?.[key];
  if (text === undefined) {
    return untold(`The routers have not written the ${where} yet.`);
  }
  const read = ClusterStatistics.safeParse(parsed(text));
  if (!read.success) {
    return untold(`What is in the ${where} is of no release of Farled that is known here.`);
  }
  const age = now - read.data.at;
  return age > STALE_MS
    ? untold(`The routers last wrote the ${where} ${Math.round(age / 1000)} s ago.`)
    : { kind: 'told', statistics: read.data };
}

function untold(because: string): ReadStatistics {
  return { kind: 'untold', because };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
