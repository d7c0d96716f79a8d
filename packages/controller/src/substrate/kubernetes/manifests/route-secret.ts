/** What the routers are told of a service. */
import { CLUSTER, type ClusterRoute } from '@farled/contract';
import type { Secret } from '@farled/kubernetes';

import type { Workload } from '../workload.ts';
import { base64 } from './base64.ts';
import { metadata } from './labels.ts';
import { objectName, routeSecretName } from './names.ts';
import { scaling } from './scaling.ts';

/**
 * Changes when keys, queue or scaling change, and restarts nothing: only routers read it. It is kept with them, so that
 * they need to read no Secrets but those of their own namespace.
 */
export function routeSecret(workload: Workload): Secret {
  const { namespace, service } = workload;
  const { labels, ...rest } = metadata(workload, routeSecretName(namespace, service.name), 'route');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      ...rest,
      namespace: CLUSTER.systemNamespace,
      labels: { ...labels, [CLUSTER.namespaceLabel]: namespace },
    },
    type: 'Opaque',
    data: { [CLUSTER.routeKey]: base64(JSON.stringify(clusterRoute(workload))) },
  };
}

function clusterRoute({ service, settings, keyDigests, tokens }: Workload): ClusterRoute {
  return {
    name: service.name,
    workspace: service.workspace,
    keyDigests: keyDigests === null ? null : [...keyDigests],
    tokens,
    maxConcurrentRequestsPerContainer: settings.maxConcurrentRequestsPerContainer,
    maxQueueWaitMs: settings.maxQueueWaitMs,
    scoringTimeoutMs: settings.scoringTimeoutMs,
    deployment: objectName(service.name),
    scaling: scaling(settings),
  };
}
