/**
 * Which replicas get nothing for a while because requests failed on them: the connection broke, or no answer came
 * within the scoring timeout. What the script itself answers, a 500 too, is its answer and never counts.
 */
import { type Backoff, backoffDelay } from '@farled/service';

/** As a value: a replica that answers has always the same one. */
export interface Health {
  /** Failures since the last answer. */
  readonly failures: number;
  /** How many requests the service had answered when they began. */
  readonly answersBefore: number;
  /** How often it was ejected since the last answer. */
  readonly ejections: number;
}

export const HEALTHY: Health = { failures: 0, answersBefore: 0, ejections: 0 };

/** As Linkerd has them; see docs/decisions/0023. */
const FAILURES = 7;
const PENALTY: Backoff = { firstMs: 1000, maximumMs: 60_000, factor: 2 };
/** Of the penalty, up to which it is longer: routers do not all come back to a replica at once. */
const JITTER = 0.5;

export interface EjectionFacts {
  /** The penalty is over, and this request was to show whether the replica answers again. */
  readonly isOnTrial: boolean;
  /** That the service has, the ejected ones too. */
  readonly replicas: number;
  /** Of those, the ejected and the ones on trial. */
  readonly ejected: number;
  /** How many requests the service has answered. */
  readonly answers: number;
  /** From 0 to 1, drawn at random. */
  readonly random: number;
}

export interface AfterFailure {
  readonly health: Health;
  /** How long it gets nothing; 0: it goes on. */
  readonly penaltyMs: number;
}

/** Pure. */
export function afterFailure(before: Health, facts: EjectionFacts): AfterFailure {
  const { isOnTrial, replicas, ejected, answers, random } = facts;
  const failures = before.failures + 1;
  const health: Health = { ...before, failures, answersBefore: failures === 1 ? answers : before.answersBefore };
  // What fails on every replica is not the fault of one of them, and half of them are always left.
  const isAlone = answers > health.answersBefore && ejected + 1 <= Math.floor(replicas / 2);
  if (!isOnTrial && (failures < FAILURES || !isAlone)) {
    return { health, penaltyMs: 0 };
  }
  const ejections = before.ejections + 1;
  const penaltyMs = Math.round(backoffDelay(PENALTY, ejections) * (1 + JITTER * random));
  return { health: { ...health, ejections }, penaltyMs };
}
