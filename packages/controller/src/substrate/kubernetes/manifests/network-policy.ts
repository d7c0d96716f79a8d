/** Who may reach replicas. */
import { CLUSTER } from '@farled/contract';
import type { KubernetesObject } from '@farled/kubernetes';

import type { Workload } from '../workload.ts';
import { metadata, podSelector } from './labels.ts';
import { objectName } from './names.ts';

interface NetworkPolicy extends KubernetesObject {
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * A replica checks no keys, so nothing in the cluster may go past the routers, which do. Kubernetes lets the probes of
 * the node in by itself. What the entry script calls is its own affair: egress is open.
 */
export function networkPolicy(workload: Workload): NetworkPolicy {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(workload, objectName(workload.service.name)),
    spec: {
      podSelector: { matchLabels: podSelector(workload) },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': CLUSTER.systemNamespace } },
              podSelector: { matchLabels: { 'app.kubernetes.io/name': CLUSTER.router } },
            },
          ],
          ports: [{ port: CLUSTER.replicaPort, protocol: 'TCP' }],
        },
      ],
    },
  };
}
