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
    scaling: scalingSentence(settings),
  };
}

function scalingSentence({ numReplicas, autoScaler }: ServiceSpec['settings']): string {
  return numReplicas === null
    ? `${autoScaler.minReplicas} replicas as autoScaler.minReplicas says; scaling with the load is not supported yet`
    : `${numReplicas} replicas as numReplicas says`;
}
