/**
 * Who says how many replicas there are. With a fixed number it is we; otherwise the routers, and we only hold the number
 * between its bounds, which also gives a new service its first replicas.
 *
 * It is said apart from the Deployment, through the `scale` subresource, as routers do. Under server-side apply a field
 * belongs to those who named it: if the applied Deployment ever named `replicas` and then left it to the routers, the
 * API server would set it back to 1, in the midst of the load.
 */
import type { ServiceSettings } from '@farled/contract';
import type { Deployment, KubernetesObject } from '@farled/kubernetes';

import type { Workload } from '../workload.ts';
import { objectName } from './names.ts';
import { fixedReplicas } from './scaling.ts';

interface ReplicasClaim extends KubernetesObject {
  readonly spec: { readonly replicas: number };
}

/** What to say; null when the number is right or not ours. */
export function replicasClaim(
  { service, namespace, settings }: Pick<Workload, 'service' | 'namespace' | 'settings'>,
  live: Pick<Deployment, 'spec'>,
): ReplicasClaim | null {
  const present = live.spec.replicas ?? 1;
  const wanted = wantedReplicas(settings, present);
  return wanted === present
    ? null
    : {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: objectName(service.name), namespace },
        spec: { replicas: wanted },
      };
}

function wantedReplicas(settings: ServiceSettings, present: number): number {
  const { minReplicas, maxReplicas } = settings.autoScaler;
  return fixedReplicas(settings) ?? Math.min(maxReplicas, Math.max(minReplicas, present));
}
