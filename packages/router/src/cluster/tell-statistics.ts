/** The elected router tells the control plane what all routers counted of endpoints: see ClusterStatistics. */
import { CLUSTER_STATISTICS, type ClusterStatistics, type RouterStatistics } from '@farled/contract';
import { KINDS, type KubernetesClient } from '@farled/kubernetes';
import type { Clock, Logger } from '@farled/service';

import type { Peers } from '../autoscaler/peers.ts';

export interface TellingParts {
  readonly client: KubernetesClient;
  readonly peers: Peers;
  /** Where the routers are. */
  readonly namespace: string;
  readonly hasEndpoints: () => boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

/** An object of Kubernetes has at most a mebibyte and a half, and etcd keeps each version for a while. */
const LARGEST_BYTES = 900_000;
const WRITE_MS = 5000;

/** Until the term ends. A failure is said once, until it works again. */
export async function tellStatistics(parts: TellingParts, signal: AbortSignal): Promise<void> {
  const { hasEndpoints, clock, log } = parts;
  let isFailing = false;
  while (!signal.aborted) {
    try {
      if (hasEndpoints()) {
        await tell(parts, signal);
        isFailing = false;
      }
    } catch (error) {
      if (!signal.aborted && !isFailing) {
        isFailing = true;
        log.warn({ err: error }, 'What became of the requests of endpoints could not be told: rollouts wait for it');
      }
    }
    await clock.sleep(CLUSTER_STATISTICS.everyMs, signal).catch(() => {});
  }
}

async function tell({ client, peers, namespace, clock }: TellingParts, signal: AbortSignal): Promise<void> {
  const { statistics, isComplete } = await peers.ask(signal);
  const text = JSON.stringify(clusterStatistics(statistics, isComplete, clock.now()));
  if (text.length > LARGEST_BYTES) {
    throw new Error(`The counts have ${text.length} bytes, and a ConfigMap takes ${LARGEST_BYTES}`);
  }
  const late = new AbortController();
  const cancel = clock.after(WRITE_MS, () => late.abort(new Error(`no answer within ${WRITE_MS} ms`)));
  try {
    await client.patch(
      KINDS.configMap,
      { namespace, name: CLUSTER_STATISTICS.configMap },
      { data: { [CLUSTER_STATISTICS.key]: text } },
      AbortSignal.any([late.signal, signal]),
    );
  } finally {
    cancel();
  }
}

/** Of services, those that are versions of an endpoint, and without what changes by the moment. */
export function clusterStatistics(
  statistics: readonly RouterStatistics[],
  isComplete: boolean,
  at: number,
): ClusterStatistics {
  const versions = new Set(
    statistics.flatMap(({ endpoints }) =>
      endpoints.flatMap((endpoint) => endpoint.versions.map(({ service }) => service)),
    ),
  );
  const routers = statistics.map((router) => ({
    ...router,
    services: router.services.filter(({ name }) => versions.has(name)).map((service) => ({ ...service, replicas: [] })),
  }));
  return { at, isComplete, routers };
}
