/** What the routers are told of a service. */
import { CLUSTER, type ClusterRoute } from '@farled/contract';
import type { Secret } from '@farled/kubernetes';

import type { Workload } from '../workload.ts';
import { base64 } from './base64.ts';
import { metadata } from './labels.ts';
import { objectName, routeSecretName } from './names.ts';
import { scaling } from './scaling.ts';

/** Changes when keys, queue or scaling change, and restarts nothing: only routers read it. */
export function routeSecret(workload: Workload): Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadata(workload, routeSecretName(workload.service.name), 'route'),
    type: 'Opaque',
    data: { [CLUSTER.routeKey]: base64(JSON.stringify(clusterRoute(workload))) },
  };
}

function clusterRoute({ service, settings, keyDigests }: Workload): ClusterRoute {
  return {
    name: service.name,
    workspace: service.workspace,
    keyDigests: keyDigests === null ? null : [...keyDigests],
    maxConcurrentRequestsPerContainer: settings.maxConcurrentRequestsPerContainer,
    maxQueueWaitMs: settings.maxQueueWaitMs,
    scoringTimeoutMs: settings.scoringTimeoutMs,
    deployment: objectName(service.name),
    scaling: scaling(settings),
  };
}
