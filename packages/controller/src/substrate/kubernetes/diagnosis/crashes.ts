/** Replicas that end by themselves, again and again. */
import type { ErrorBody } from '@farled/contract';
import type { Pod } from '@farled/kubernetes';

import { errorBody } from '../../../service/status.ts';
import { endCause } from './end.ts';
import type { Trouble } from './observation.ts';
import { ageMs, containersOf, type Ended, isReady, latestEnd, type PodContainer, readyForMs } from './pod.ts';

/** A replica that has been ready this long has overcome what ended it. */
const STEADY_MS = 60_000;

/** After a run of this length Kubernetes, too, begins to count anew. */
const LONG_RUN_MS = 600_000;

/** How often the replica ended in a row; the most of its containers. */
export function crashesOf(pod: Pod, now: number): number {
  return readyForMs(pod, now) >= STEADY_MS
    ? 0
    : Math.max(0, ...containersOf(pod).map((container) => crashesInARow(pod, container, now)));
}

function crashesInARow(pod: Pod, { status, isInit }: PodContainer, now: number): number {
  const end = latestEnd(status);
  if (end === undefined || (isInit && end.exitCode === 0)) {
    return 0;
  }
  const isDown = status.state?.running === undefined;
  const all = status.restartCount + (isDown ? 1 : 0);
  if (runMs(end) >= LONG_RUN_MS) {
    return Math.min(all, 1);
  }
  // Only the last ends are known: many, but few for the time, were not in a row.
  return ageMs(pod, now) / all >= LONG_RUN_MS ? Math.min(all, 2) : all;
}

/** Of a replica that ended and is not ready again. */
export function crashTrouble(pod: Pod, maximumCrashes: number, now: number): Trouble | null {
  const crashes = crashesOf(pod, now);
  const fallen = containersOf(pod).find(({ status, isInit }) => {
    const end = latestEnd(status);
    return end !== undefined && !(isInit && end.exitCode === 0);
  });
  const end = fallen === undefined ? undefined : latestEnd(fallen.status);
  if (isReady(pod) || crashes === 0 || fallen === undefined || end === undefined) {
    return null;
  }
  return { error: crashError(pod, fallen, end, crashes), lasting: crashes >= maximumCrashes };
}

function crashError(pod: Pod, container: PodContainer, end: Ended, crashes: number): ErrorBody {
  const { code, how, message, suggestion } = endCause(pod, container, end);
  const what = container.isInit
    ? `Init container "${container.status.name}" of replica "${pod.metadata.name}"`
    : `Replica "${pod.metadata.name}"`;
  const often = crashes === 1 ? '' : ` ${crashes} times in a row`;
  return errorBody(code, `${what} ${how}${often}: ${message}`, suggestion);
}

/** Of a container that could not be started Kubernetes says that it was, in 1970. */
function runMs({ startedAt, finishedAt }: Ended): number {
  const started = Date.parse(startedAt ?? '');
  return started === 0 ? 0 : Date.parse(finishedAt ?? '') - started;
}
