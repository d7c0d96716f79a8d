/** The state of a service, as its users read it: derived from what is, never set. */
import { type ErrorBody, ERRORS, type ErrorCode } from '@farled/contract';
import type { ServiceStatus } from '@farled/state';

import type { ObservedReplica } from '../substrate/substrate.ts';
import type { CrashHistory } from './crash-history.ts';

export interface StatusInput {
  readonly generation: number;
  readonly target: { readonly revision: string; readonly replicas: number } | null;
  readonly observed: readonly ObservedReplica[];
  readonly crashes: CrashHistory | null;
  /** True while an operation on the service runs. */
  readonly changing: boolean;
  /** Why the spec of this generation can't be had; null while it can. */
  readonly failure: ErrorBody | null;
  /** Why there is no room; null when there is. */
  readonly unschedulable: ErrorBody | null;
}

export function deriveStatus(input: StatusInput): ServiceStatus {
  const { target, observed, crashes } = input;
  const live = observed.filter((replica) => replica.phase !== 'exited');
  const updated = live.filter((replica) => replica.revision === target?.revision);
  const available = live.filter((replica) => replica.phase === 'ready');
  const base = {
    observedGeneration: input.generation,
    desiredReplicas: target?.replicas ?? 0,
    updatedReplicas: updated.length,
    availableReplicas: available.length,
    replicas: live
      .map((replica) => ({
        id: replica.id,
        revision: replica.revision,
        phase: replica.phase,
        startedTime: new Date(replica.startedAt).toISOString(),
        restarts: replica.revision === crashes?.revision ? crashes.total : 0,
      }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  };
  if (input.failure !== null) {
    return { ...base, state: 'Failed', error: input.failure };
  }
  if (input.unschedulable !== null) {
    return { ...base, state: 'Unschedulable', error: input.unschedulable };
  }
  if (input.changing) {
    return { ...base, state: 'Transitioning', error: null };
  }
  return available.length >= base.desiredReplicas && available.length > 0
    ? { ...base, state: 'Healthy', error: null }
    : { ...base, state: 'Unhealthy', error: crashes === null || crashes.last === null ? null : crashError(crashes) };
}

/** What is wrong with replicas that end by themselves, in the words of the last one's report. */
export function crashError(crashes: CrashHistory): ErrorBody {
  const { last } = crashes;
  const count =
    crashes.inARow === 1
      ? 'A replica ended by itself'
      : `Replicas ended by themselves ${crashes.inARow} times in a row`;
  if (last?.failure) {
    const { code, message, traceback } = last.failure;
    return errorBody(code, `${count}: ${message}${traceback === '' ? '' : `\n${traceback}`}`);
  }
  const how = last?.signal ? `signal ${last.signal}` : `exit code ${last?.code ?? 'unknown'}`;
  return errorBody(
    'DeploymentCrashLoopBackOff',
    `${count}, the last with ${how}. The service's logs say what it printed.`,
  );
}

export function errorBody(code: ErrorCode, message: string, suggestion?: string): ErrorBody {
  return { code, statusCode: ERRORS[code], message, ...(suggestion === undefined ? {} : { suggestion }), details: [] };
}
