/** The state of a service, as its users read it: derived from what is, never set. */
import { type ErrorBody, ERRORS, type ErrorCode } from '@farled/contract';
import type { ServiceStatus } from '@farled/state';

/** The replicas of a service, counted against what is wanted. */
export type ReplicaSummary = Pick<
  ServiceStatus,
  'desiredReplicas' | 'updatedReplicas' | 'availableReplicas' | 'replicas'
>;

export const NO_REPLICAS: ReplicaSummary = {
  desiredReplicas: 0,
  updatedReplicas: 0,
  availableReplicas: 0,
  replicas: [],
};

export interface StatusInput {
  readonly generation: number;
  readonly replicas: ReplicaSummary;
  readonly neededReplicas: number;
  /** What is wrong with replicas that do not answer. */
  readonly trouble: ErrorBody | null;
  /** True while an operation on the service runs. */
  readonly changing: boolean;
  /** Why the spec of this generation can't be had; null while it can. */
  readonly failure: ErrorBody | null;
  /** Why there is no room; null when there is. */
  readonly unschedulable: ErrorBody | null;
}

export function deriveStatus(input: StatusInput): ServiceStatus {
  const base = { observedGeneration: input.generation, ...input.replicas };
  if (input.failure !== null) {
    return { ...base, state: 'Failed', error: input.failure };
  }
  if (input.unschedulable !== null) {
    return { ...base, state: 'Unschedulable', error: input.unschedulable };
  }
  if (input.changing) {
    return { ...base, state: 'Transitioning', error: null };
  }
  return base.availableReplicas >= input.neededReplicas && base.availableReplicas > 0
    ? { ...base, state: 'Healthy', error: null }
    : { ...base, state: 'Unhealthy', error: input.trouble };
}

export function errorBody(code: ErrorCode, message: string, suggestion?: string): ErrorBody {
  return { code, statusCode: ERRORS[code], message, ...(suggestion === undefined ? {} : { suggestion }), details: [] };
}
