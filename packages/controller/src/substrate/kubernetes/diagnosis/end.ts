/** Why a container ended: what it said of itself, else what can be told from how it went. */
import { constants } from 'node:os';

import { type ErrorCode, type ReplicaFailure, ReplicaReport } from '@farled/contract';
import type { Pod } from '@farled/kubernetes';

import { type Ended, hasBeenReady, type PodContainer } from './pod.ts';
import { livenessInWords, startupAllowance, startupInWords } from './probe-words.ts';

export interface EndCause {
  readonly code: ErrorCode;
  readonly how: 'ended by itself' | 'was ended' | 'could not be started';
  /** To follow «Replica x ended by itself: ». */
  readonly message: string;
  readonly suggestion: string | undefined;
}

export function endCause(pod: Pod, container: PodContainer, end: Ended): EndCause {
  const failure = reportedFailure(end.message);
  if (failure !== null && failure.code !== 'DeploymentCrashLoopBackOff') {
    return reported(failure);
  }
  // Where only the worker was killed for its memory, the report knows of a signal, and Kubernetes of the reason.
  if (end.reason === 'OOMKilled') {
    return outOfMemory(container);
  }
  if (failure !== null) {
    return reported(failure);
  }
  if (end.reason === 'StartError' || end.reason === 'ContainerCannotRun') {
    return couldNotStart(end);
  }
  return endedFromOutside(pod, container, end) ?? endedByItself(end);
}

/** What the runtime wrote as its last word; null when that is something else, such as the last lines of its log. */
function reportedFailure(message: string | undefined): ReplicaFailure | null {
  try {
    const report = ReplicaReport.safeParse(JSON.parse(message ?? ''));
    return report.success ? report.data.failure : null;
  } catch {
    return null;
  }
}

function reported({ code, message, traceback }: ReplicaFailure): EndCause {
  return {
    code,
    how: 'ended by itself',
    message: traceback === '' ? message : `${message}\n${traceback}`,
    suggestion: undefined,
  };
}

function outOfMemory({ spec }: PodContainer): EndCause {
  const limit = memoryInWords(spec?.resources?.limits?.['memory']);
  return {
    code: 'ReplicaOutOfMemory',
    how: 'was ended',
    message: `it used more memory than its limit, ${limit} (containerResourceRequirements.memoryInGBLimit, or memoryInGB).`,
    suggestion: 'Raise memoryInGB, or load less: models count with everything that they are unpacked to.',
  };
}

function couldNotStart(end: Ended): EndCause {
  return {
    code: 'DeploymentCrashLoopBackOff',
    how: 'could not be started',
    message: end.message ?? `exit code ${end.exitCode}.`,
    suggestion:
      'Deploy again, so that the image is built anew; with an image of your own, check that it holds the runtime.',
  };
}

/** SIGTERM, answered or not, and SIGKILL, which follows it. */
const EXIT_CODES_OF_A_KILL = [0, 143, 137];

/** Nothing but its node ends a replica with these codes, and the node says why only in events that don't last. */
function endedFromOutside(pod: Pod, { spec, isInit }: PodContainer, end: Ended): EndCause | null {
  const probed = spec?.startupProbe ?? spec?.livenessProbe;
  if (isInit || probed === undefined || !EXIT_CODES_OF_A_KILL.includes(end.exitCode)) {
    return null;
  }
  if (!hasBeenReady(pod) && ranForSeconds(end) >= startupAllowance(spec)) {
    return {
      code: 'DeploymentTimedOut',
      how: 'was ended',
      message: `${startupInWords(spec)}.${lastLines(end)}`,
      suggestion: 'Raise livenessProbeRequirements.initialDelaySeconds, or do less in init().',
    };
  }
  if (hasBeenReady(pod)) {
    return {
      code: 'DeploymentCrashLoopBackOff',
      how: 'was ended',
      message: `as replicas are when ${livenessInWords(spec)}.${lastLines(end)}`,
      suggestion: 'Raise cpu if it is short of it, or livenessProbeRequirements.timeoutSeconds and failureThreshold.',
    };
  }
  return null;
}

const SUGGESTIONS: Readonly<Record<string, string>> = {
  SIGILL: 'A library is built for newer processors than that of the node: choose another version, or another node.',
  SIGSEGV: 'A native library crashed: try other versions of the packages that bring one.',
};

function endedByItself(end: Ended): EndCause {
  // As shells say it: 128 and the number of the signal.
  const signal = signalName(end.exitCode - 128);
  const how = signal === undefined ? `with exit code ${end.exitCode}` : `by ${signal}`;
  const wrongArchitecture = end.message?.includes('exec format error') === true;
  return {
    code: 'DeploymentCrashLoopBackOff',
    how: 'ended by itself',
    message: `${how}.${lastLines(end)}`,
    suggestion: wrongArchitecture
      ? 'The image is not built for the architecture of the node: deploy again, or choose other nodes.'
      : (SUGGESTIONS[signal ?? ''] ?? "The service's logs say more."),
  };
}

function memoryInWords(quantity: string | undefined): string {
  if (quantity === undefined) {
    return 'that of its node';
  }
  return /^\d+$/.test(quantity)
    ? `${Math.round(Number(quantity) / 1024 ** 2)} MB`
    : quantity.replace(/^(\d+)([KMGT])i$/, '$1 $2B');
}

function lastLines({ message }: Ended): string {
  const lines = message?.trimEnd() ?? '';
  return lines === '' ? '' : `\nIts last lines:\n${lines}`;
}

function signalName(number: number): string | undefined {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
}

function ranForSeconds({ startedAt, finishedAt }: Ended): number {
  return (Date.parse(finishedAt ?? '') - Date.parse(startedAt ?? '')) / 1000;
}
