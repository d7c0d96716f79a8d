/** What the router is told of a service. */
import type { ServiceRoute } from '@farled/contract';
import type { ServiceRecord, ServiceSpec } from '@farled/state';

import type { RouteCredentials } from '../routes/credentials.ts';
import type { ObservedReplica } from '../substrate/substrate.ts';

export function serviceRoute(
  service: ServiceRecord,
  spec: ServiceSpec,
  credentials: RouteCredentials,
  replicas: readonly ObservedReplica[],
  desiredReplicas: number,
  /** Why there are as many; null when nothing but the settings decided. */
  because: string | null,
): ServiceRoute {
  const { settings } = spec;
  return {
    name: service.name,
    workspace: service.workspace.workspace,
    ...credentials,
    maxConcurrentRequestsPerContainer: settings.maxConcurrentRequestsPerContainer,
    maxQueueWaitMs: settings.maxQueueWaitMs,
    scoringTimeoutMs: settings.scoringTimeoutMs,
    replicas: replicas
      .map(({ id, revision, address }) => ({ id, revision, address }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    desiredReplicas,
    scaling: because ?? scalingSentence(settings),
  };
}

function scalingSentence({ numReplicas, autoScaler }: ServiceSpec['settings']): string {
  const { autoscaleEnabled, minReplicas, maxReplicas, targetUtilization } = autoScaler;
  if (numReplicas !== null) {
    return `numReplicas is ${numReplicas}`;
  }
  return autoscaleEnabled
    ? `the autoscaler keeps between ${minReplicas} and ${maxReplicas} replicas at ${targetUtilization} % utilization`
    : `autoScaler.minReplicas is ${minReplicas}, and autoscaleEnabled is false`;
}
