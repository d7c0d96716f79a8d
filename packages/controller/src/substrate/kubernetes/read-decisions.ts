/** The autoscaler's log of one service, as the elected router wrote it down. */
import { CLUSTER, CLUSTER_STATISTICS, ClusterDecisions, FarledError, type ScalingDecision } from '@farled/contract';
import { KINDS, type KubernetesClient } from '@farled/kubernetes';

/** @throws FarledError Unavailable when what is there can't be read; KubernetesError when the API server can't be asked. */
export async function readDecisions(
  client: Pick<KubernetesClient, 'get'>,
  service: string,
  signal: AbortSignal,
): Promise<readonly ScalingDecision[]> {
  const { configMap: name, decisionsKey } = CLUSTER_STATISTICS;
  const found = await client.get(KINDS.configMap, { namespace: CLUSTER.systemNamespace, name }, signal);
  if (found === undefined) {
    throw unreadable('is not there: the routers are older than this Farled');
  }
  const text = found.data?.[decisionsKey];
  if (text === undefined) {
    return [];
  }
  const read = ClusterDecisions.safeParse(parsed(text));
  if (!read.success) {
    throw unreadable('holds decisions of no release of Farled that is known here');
  }
  return read.data[service] ?? [];
}

function unreadable(what: string): FarledError {
  const where = `${CLUSTER.systemNamespace}/${CLUSTER_STATISTICS.configMap}`;
  return new FarledError('Unavailable', `The ConfigMap ${where}, where routers log what they decide, ${what}.`, {
    suggestion: 'Bring the routers up to date: attach the cluster again.',
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
