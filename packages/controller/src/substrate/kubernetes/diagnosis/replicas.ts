/** Pods as the replicas that a service's users know. */
import type { ReplicaStatus } from '@farled/contract';
import type { Pod } from '@farled/kubernetes';

import { revisionLabel } from './observation.ts';
import { containersOf, isLeaving, isOver, isReady, stoppedAnswering } from './pod.ts';

/** Those that are there; pods that are over are not. */
export function replicasOf(pods: readonly Pod[], now: number): readonly ReplicaStatus[] {
  return pods
    .filter((pod) => !isOver(pod))
    .map((pod) => ({
      id: pod.metadata.name,
      revision: revisionLabel(pod.metadata.labels) ?? '',
      phase: phaseOf(pod),
      startedTime: pod.status?.startTime ?? pod.metadata.creationTimestamp ?? new Date(now).toISOString(),
      restarts: containersOf(pod).reduce((sum, { status }) => sum + status.restartCount, 0),
    }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function phaseOf(pod: Pod): ReplicaStatus['phase'] {
  if (isLeaving(pod)) {
    return 'draining';
  }
  if (isReady(pod)) {
    return 'ready';
  }
  return stoppedAnswering(pod) ? 'unready' : 'starting';
}
