/** How far the Deployment is with the wanted revision. */
import type { Deployment, Pod } from '@farled/kubernetes';

import { isOfRevision, revisionLabel, type Wanted } from './observation.ts';
import { condition, isLeaving, isOver, isReady } from './pod.ts';

export function desiredReplicas(deployment: Deployment | undefined, { replicas }: Wanted): number {
  return replicas ?? deployment?.spec.replicas ?? 0;
}

/** Deployment and pods are watched apart, and either may be seen late: both have to say it. */
export function isComplete(deployment: Deployment | undefined, pods: readonly Pod[], wanted: Wanted): boolean {
  if (deployment === undefined || !isCurrent(deployment, wanted.revision)) {
    return false;
  }
  const desired = desiredReplicas(deployment, wanted);
  const { updatedReplicas = 0, availableReplicas = 0 } = deployment.status ?? {};
  const staying = pods.filter((pod) => !isLeaving(pod) && !isOver(pod));
  const updated = staying.filter((pod) => isOfRevision(pod, wanted.revision));
  return (
    deployment.spec.replicas === desired &&
    updatedReplicas >= desired &&
    availableReplicas >= desired &&
    updated.length === staying.length &&
    updated.filter(isReady).length >= desired
  );
}

/** The Deployment made no progress with the wanted revision for as long as it may. */
export function isLate(deployment: Deployment | undefined, revision: string): boolean {
  const progressing = condition(deployment?.status?.conditions, 'Progressing');
  return (
    deployment !== undefined &&
    isCurrent(deployment, revision) &&
    progressing?.status === 'False' &&
    progressing.reason === 'ProgressDeadlineExceeded'
  );
}

/** It is told of the wanted revision, and its status speaks of what it is told. */
function isCurrent({ metadata, spec, status }: Deployment, revision: string): boolean {
  return (
    revisionLabel(spec.template.metadata?.labels) === revision &&
    (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  );
}
