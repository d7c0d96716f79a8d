/** What an informer does when its list or its watch has ended. */
import { backoffDelay } from '@farled/service';

import { isKubernetesError } from './error.ts';

export interface Ended {
  /** What ended: the first or a repeated list, or a watch. */
  readonly phase: 'list' | 'watch';
  /** Undefined when the API server ended a watch as it does after its time. */
  readonly error: unknown;
  /** How long a watch was up; 0 when it never was. */
  readonly lastedMs: number;
  /** Failures in a row before this one. */
  readonly failures: number;
  /** In [0, 1). */
  readonly random: number;
  /** Of the waits between failures. */
  readonly longestWaitMs: number;
}

export interface NextStep {
  /** List again instead of going on from the last version. */
  readonly relist: boolean;
  readonly waitMs: number;
  /** Failures in a row by now. */
  readonly failures: number;
}

const BACKOFF = { firstMs: 200, factor: 2 };

/** A watch that was up for so long was a good one. Shorter ones count as failures, or a loop of them would spin. */
const GOOD_MS = 1000;

export function nextStep({ phase, error, lastedMs, failures, random, longestWaitMs }: Ended): NextStep {
  const good = phase === 'watch' && lastedMs >= GOOD_MS;
  const before = good ? 0 : failures;
  if (error === undefined && good) {
    return { relist: false, waitMs: 0, failures: 0 };
  }
  const relist = phase === 'list' || isTooOld(error);
  // The past that a watch needs is gone: there is nothing to wait for, unless that happens again at once.
  const waitMs =
    phase === 'watch' && relist && before === 0
      ? 0
      : backoffDelay({ ...BACKOFF, maximumMs: longestWaitMs }, before + 1) * (0.5 + random / 2);
  return { relist, waitMs, failures: before + 1 };
}

/** Whether the API server can't go on from our version: it is too old, or, after a restore, from a time that never was. */
function isTooOld(error: unknown): boolean {
  if (!isKubernetesError(error)) {
    return false;
  }
  return (
    ['Expired', 'Gone', 'BadRequest', 'Invalid'].includes(error.code) ||
    error.details.causes.some(({ reason }) => reason === 'ResourceVersionTooLarge')
  );
}
