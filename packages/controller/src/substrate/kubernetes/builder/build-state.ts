/** How far a build is, read from its Job and its pod. Pure. */
import type { Job, Pod } from '@farled/kubernetes';

import { BUILD_SECONDS } from './build-objects.ts';

export type BuildState =
  | { readonly phase: 'running' }
  | { readonly phase: 'built' }
  | { readonly phase: 'failed'; readonly why: string };

export function buildState(job: Job | undefined, pod: Pod | undefined): BuildState {
  if (job === undefined || job.metadata.deletionTimestamp !== undefined) {
    return { phase: 'failed', why: 'somebody deleted its Job' };
  }
  const holds = (job.status?.conditions ?? []).filter(({ status }) => status === 'True');
  if (holds.some(({ type }) => type === 'Complete')) {
    return { phase: 'built' };
  }
  const failed = holds.find(({ type }) => type === 'Failed');
  return failed === undefined ? { phase: 'running' } : { phase: 'failed', why: whyFailed(failed.reason, pod) };
}

function whyFailed(reason: string | undefined, pod: Pod | undefined): string {
  if (reason === 'DeadlineExceeded') {
    return `it took longer than ${BUILD_SECONDS / 60} minutes`;
  }
  const ended = pod?.status?.containerStatuses?.[0]?.state?.terminated;
  if (ended?.reason === 'OOMKilled') {
    return 'it ran out of memory';
  }
  if (ended !== undefined) {
    return `buildah ended with exit code ${ended.exitCode}`;
  }
  return pod?.status?.message ?? pod?.status?.reason ?? reason ?? 'its pod is gone';
}

/** What a build that has not begun waits for, for people; null when it has, or nothing is known. */
export function buildWaitsFor(pod: Pod | undefined): string | null {
  const unscheduled = pod?.status?.conditions?.find(
    ({ type, status }) => type === 'PodScheduled' && status === 'False',
  );
  if (unscheduled !== undefined) {
    return `The build waits for a node: ${unscheduled.message ?? unscheduled.reason ?? ''}`;
  }
  const waiting = pod?.status?.containerStatuses?.[0]?.state?.waiting;
  return waiting === undefined || waiting.message === undefined
    ? null
    : `The build waits: ${waiting.reason}: ${waiting.message}`;
}

/** Whether there is a log to read. */
export function hasBegun(pod: Pod): boolean {
  const state = pod.status?.containerStatuses?.[0]?.state;
  return state?.running !== undefined || state?.terminated !== undefined;
}
