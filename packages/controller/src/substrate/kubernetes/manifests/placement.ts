/** On which nodes the pods of a service may and should be. */
import type { PodSpec } from '@farled/kubernetes';

import type { PodSource } from '../workload.ts';
import { podSelector } from './labels.ts';
import { sortedEntries } from './names.ts';

export function podPlacement(source: PodSource): Partial<PodSpec> {
  const { nodeSelector, tolerations, runtimeClassName } = source.placement;
  return {
    ...(Object.keys(nodeSelector).length === 0
      ? {}
      : { nodeSelector: Object.fromEntries(sortedEntries(nodeSelector)) }),
    ...(tolerations.length === 0 ? {} : { tolerations }),
    ...(runtimeClassName === null ? {} : { runtimeClassName }),
    affinity: { nodeAffinity: nodesOfTheImage(source.architecture) },
    // A node that goes takes as few replicas of one service with it as can be; but a full node is no reason not to run.
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: podSelector(source) },
      },
    ],
  };
}

/** Clusters may have nodes that can't run the image at all: Windows, another architecture. */
function nodesOfTheImage(architecture: readonly string[]): object {
  const matchExpressions = [
    { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] },
    ...(architecture.length === 0 ? [] : [{ key: 'kubernetes.io/arch', operator: 'In', values: architecture }]),
  ];
  return { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } };
}
