/** Replicas that their node ended or did not take at all: the pods stay as they were, and others are made. */
import type { ErrorCode } from '@farled/contract';
import type { Pod } from '@farled/kubernetes';

import { errorBody } from '../../../service/status.ts';
import { elapsedMs, type Trouble } from './observation.ts';
import { isOver } from './pod.ts';

/** Pods that are over stay for long, and say nothing of now. */
const RECENT_MS = 600_000;

/** Reasons that speak of the replica and its node; others, as a node's shutdown, are no fault. */
const REASON = /^(?:Evicted|OutOf.*|UnexpectedAdmissionError|NodeAffinity|PodOSNotSupported)$/;

export function refusedByNode(pods: readonly Pod[], maximumTimes: number, now: number): Trouble | null {
  const refused = pods
    .filter((pod) => isOver(pod) && REASON.test(pod.status?.reason ?? ''))
    .filter(({ metadata }) => elapsedMs(metadata.creationTimestamp, now) < RECENT_MS)
    .toSorted((a, b) => (createdAt(a) < createdAt(b) ? -1 : 1));
  const last = refused.at(-1);
  if (last === undefined) {
    return null;
  }
  const { reason = '', message = '' } = last.status ?? {};
  return {
    error: errorBody(
      codeOf(reason, message),
      `Node "${last.spec.nodeName ?? 'unknown'}" ended replica "${last.metadata.name}" (${reason}): ${message}`,
      reason === 'Evicted'
        ? 'Reserve what a replica really uses (memoryInGB), write less to its disk, or use larger nodes.'
        : 'Ask for less cpu, memory or devices, or add nodes.',
    ),
    lasting: refused.length >= maximumTimes,
  };
}

function codeOf(reason: string, message: string): ErrorCode {
  // A replica may also be evicted for what it did itself, such as filling the disk.
  return reason !== 'Evicted' || message.includes('low on resource') ? 'Unschedulable' : 'DeploymentCrashLoopBackOff';
}

function createdAt({ metadata }: Pod): string {
  return metadata.creationTimestamp ?? '';
}
