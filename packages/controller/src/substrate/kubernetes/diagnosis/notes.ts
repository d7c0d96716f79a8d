/** What happens to the replicas of a revision, line by line, as somebody who waits for them wants to read it. */
import type { Pod } from '@farled/kubernetes';

import { isOfRevision } from './observation.ts';
import { condition, containersOf, isLeaving, isOver, isReady, latestEnd } from './pod.ts';

/** `pods` in the order of their names. Each line is there for as long as it is true, so that a late look misses none. */
export function notesOf(pods: readonly Pod[], revision: string): readonly string[] {
  return pods.flatMap((pod) => {
    if (isOfRevision(pod, revision)) {
      return isOver(pod) || isLeaving(pod) ? [] : milestones(pod);
    }
    return isLeaving(pod) ? [`Replica "${pod.metadata.name}", of another revision, is ending.`] : [];
  });
}

function milestones(pod: Pod): readonly string[] {
  const name = `Replica "${pod.metadata.name}"`;
  const { conditions } = pod.status ?? {};
  const containers = containersOf(pod);
  const isWaiting = (reason: string): boolean =>
    containers.some(({ status }) => status.state?.waiting?.reason === reason);
  const hasStarted = containers.some(
    ({ status, isInit }) =>
      !isInit && (status.state?.running !== undefined || Date.parse(latestEnd(status)?.startedAt ?? '') > 0),
  );
  return [
    ...(condition(conditions, 'PodScheduled')?.status === 'True'
      ? [`${name} goes to node "${pod.spec.nodeName ?? 'unknown'}".`]
      : []),
    ...(isWaiting('PodInitializing') ? [`${name} waits for its init containers.`] : []),
    ...(isWaiting('ContainerCreating') ? [`${name} waits for its image and volumes.`] : []),
    ...(hasStarted ? [`${name} has started.`] : []),
    ...(isReady(pod) ? [`${name} is ready.`] : []),
  ];
}
