/** Who empties a node takes one replica of a service at a time, and the next when another has come. */
import type { KubernetesObject } from '@farled/kubernetes';

import type { Workload } from '../workload.ts';
import { metadata, podSelector } from './labels.ts';
import { objectName } from './names.ts';

interface DisruptionBudget extends KubernetesObject {
  readonly spec: {
    readonly maxUnavailable: number;
    readonly unhealthyPodEvictionPolicy: string;
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  };
}

/** A service of one replica lets it go too: a node must be possible to empty. */
export function disruptionBudget(workload: Workload): DisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata(workload, objectName(workload.service.name)),
    spec: {
      maxUnavailable: 1,
      // One that does not answer anyway must not keep a node from being emptied.
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: podSelector(workload) },
    },
  };
}
