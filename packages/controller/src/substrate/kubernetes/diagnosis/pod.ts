/** How to read a pod. */
import type { Condition, Container, ContainerState, ContainerStatus, Pod } from '@farled/kubernetes';

import { elapsedMs } from './observation.ts';

/** One container of a pod, as described and as it is. */
export interface PodContainer {
  readonly spec: Container | undefined;
  readonly status: ContainerStatus;
  /** It has to end well before the others start. */
  readonly isInit: boolean;
}

export type Ended = NonNullable<ContainerState['terminated']>;

export function containersOf({ spec, status }: Pod): readonly PodContainer[] {
  const pair = (specs: readonly Container[] = [], statuses: readonly ContainerStatus[] = [], isInit: boolean) =>
    statuses.map((each) => ({ spec: specs.find(({ name }) => name === each.name), status: each, isInit }));
  return [
    ...pair(spec.initContainers, status?.initContainerStatuses, true),
    ...pair(spec.containers, status?.containerStatuses, false),
  ];
}

export function condition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((each) => each.type === type);
}

/** It was told to go. */
export function isLeaving({ metadata }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** It is over, though the object is still there: evicted, or refused by its node. */
export function isOver({ status }: Pod): boolean {
  return status?.phase === 'Failed' || status?.phase === 'Succeeded';
}

export function isReady({ status }: Pod): boolean {
  return condition(status?.conditions, 'Ready')?.status === 'True';
}

/** Milliseconds that it has been ready for; none when it is not. */
export function readyForMs(pod: Pod, now: number): number {
  return isReady(pod) ? elapsedMs(condition(pod.status?.conditions, 'Ready')?.lastTransitionTime, now) : 0;
}

/** It was ready once: the condition changed after the pod was set up. */
export function hasBeenReady({ status }: Pod): boolean {
  const ready = Date.parse(condition(status?.conditions, 'Ready')?.lastTransitionTime ?? '');
  const initialized = Date.parse(condition(status?.conditions, 'Initialized')?.lastTransitionTime ?? '');
  return ready > initialized;
}

/** It takes no requests any more, though its containers go on: ready came, and went during this run of them. */
export function stoppedAnswering(pod: Pod): boolean {
  const ready = condition(pod.status?.conditions, 'Ready');
  const score = containersOf(pod).filter(({ isInit }) => !isInit);
  return (
    !isReady(pod) &&
    score.length > 0 &&
    score.every(
      ({ status }) =>
        status.started === true &&
        Date.parse(ready?.lastTransitionTime ?? '') > Date.parse(status.state?.running?.startedAt ?? ''),
    )
  );
}

/** Milliseconds since a node was found for it. */
export function ageMs({ status, metadata }: Pod, now: number): number {
  return elapsedMs(status?.startTime ?? metadata.creationTimestamp, now);
}

/** The latest end of the container; undefined when it never ended. */
export function latestEnd({ state, lastState }: ContainerStatus): Ended | undefined {
  return state?.terminated ?? lastState?.terminated;
}
