/** From the cluster's objects to the words of a service's users. */
import type { ErrorBody } from '@farled/contract';
import type { Deployment, Pod } from '@farled/kubernetes';

import { errorBody } from '../../../service/status.ts';
import { crashesOf, crashTrouble } from './crashes.ts';
import { creationTrouble } from './creation.ts';
import { imageTrouble } from './images.ts';
import { notesOf } from './notes.ts';
import { type Diagnosis, isOfRevision, type Observation, type Trouble, type Wanted } from './observation.ts';
import { containersOf, isLeaving, isOver, isReady } from './pod.ts';
import { refusedByNode } from './refused-by-node.ts';
import { replicasOf } from './replicas.ts';
import { desiredReplicas, isComplete, isLate } from './rollout.ts';
import { unschedulable } from './scheduling.ts';
import { unreadyTrouble } from './unready.ts';
import { waitingTrouble } from './waiting.ts';

export type { Diagnosis } from './observation.ts';

const MAXIMUM_CRASHES = 3;

/** `now` in milliseconds since the epoch, by the clock of the cluster as near as may be. */
export function diagnose(observation: Observation, wanted: Wanted, now: number): Diagnosis {
  const { deployment } = observation;
  const pods = observation.pods.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const ofRevision = pods.filter((pod) => isOfRevision(pod, wanted.revision));
  const updated = ofRevision.filter((pod) => !isLeaving(pod) && !isOver(pod));
  const complete = isComplete(deployment, pods, wanted);
  const withoutNode = unschedulable(updated);
  const troubles = complete ? [] : troublesOf(observation, ofRevision, updated, wanted, now);
  const worst = troubles.find(({ lasting }) => lasting) ?? troubles[0];
  return {
    replicas: replicasOf(pods, now),
    desired: desiredReplicas(deployment, wanted),
    updated: updated.length,
    available: pods.filter((pod) => isReady(pod) && !isLeaving(pod)).length,
    complete,
    unschedulable: withoutNode,
    trouble: worst?.error ?? null,
    failure: failureOf(worst, withoutNode, deployment, wanted),
    crashes: Math.max(0, ...updated.map((pod) => crashesOf(pod, now))),
    notes: [
      ...notesOf(pods, wanted.revision),
      ...[withoutNode, ...troubles.map(({ error }) => error)].flatMap((error) =>
        error === null ? [] : [firstLine(error.message)],
      ),
    ],
  };
}

/** In the order in which they are told: what keeps replicas from being, then what each one has. */
function troublesOf(
  observation: Observation,
  ofRevision: readonly Pod[],
  updated: readonly Pod[],
  { revision, maximumCrashes = MAXIMUM_CRASHES }: Wanted,
  now: number,
): readonly Trouble[] {
  return [
    creationTrouble(observation, revision, now),
    ...updated.filter((pod) => !isReady(pod)).map((pod) => podTrouble(pod, maximumCrashes, now)),
    refusedByNode(ofRevision, maximumCrashes, now),
  ].filter((trouble) => trouble !== null);
}

function podTrouble(pod: Pod, maximumCrashes: number, now: number): Trouble | null {
  const waiting = containersOf(pod)
    .map((container) => imageTrouble(pod, container, now) ?? waitingTrouble(pod, container, now))
    .find((trouble) => trouble !== null);
  return waiting ?? crashTrouble(pod, maximumCrashes, now) ?? unreadyTrouble(pod);
}

/** What lasts; and when the time for the rollout is over, whatever is wrong with it. */
function failureOf(
  worst: Trouble | undefined,
  withoutNode: ErrorBody | null,
  deployment: Deployment | undefined,
  { revision }: Wanted,
): ErrorBody | null {
  if (worst?.lasting === true) {
    return worst.error;
  }
  return isLate(deployment, revision) ? (worst?.error ?? withoutNode ?? timedOut(deployment)) : null;
}

function timedOut(deployment: Deployment | undefined): ErrorBody {
  const seconds = Number(deployment?.spec['progressDeadlineSeconds'] ?? 600);
  return errorBody(
    'DeploymentTimedOut',
    `The replicas made no progress for ${seconds} s: they have a node and an image, and init() has not returned.`,
    "See the service's logs for what init() does.",
  );
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
