/** How the routers find replicas. */
import { CLUSTER } from '@farled/contract';
import type { Service } from '@farled/kubernetes';

import type { Workload } from '../workload.ts';
import { metadata, podSelector } from './labels.ts';
import { objectName } from './names.ts';
import { SCORE_PORT } from './probes.ts';

/**
 * Headless: routers choose replicas themselves, by the EndpointSlices that Kubernetes keeps for this Service. They
 * carry its labels, the role among them, so that routers watch only these.
 */
export function headlessService(workload: Workload): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(workload, objectName(workload.service.name), 'replicas'),
    spec: {
      clusterIP: 'None',
      selector: podSelector(workload),
      publishNotReadyAddresses: false,
      ports: [{ name: SCORE_PORT, port: CLUSTER.replicaPort, targetPort: SCORE_PORT, protocol: 'TCP' }],
    },
  };
}
