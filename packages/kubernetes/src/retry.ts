/** Whether a failed call is made again, and after how long. */
import { backoffDelay } from '@farled/service';

import type { Progress } from './connection-error.ts';
import type { KubernetesError } from './error.ts';

export interface Failure {
  readonly error: KubernetesError;
  readonly progress: Progress | 'answered';
}

const BACKOFF = { firstMs: 200, maximumMs: 5000, factor: 2 };

/** What a webhook or a rule of the server's own says will often be said again. */
const INTERNAL_ERROR_ATTEMPTS = 3;

/** A name that does not exist is mostly a mistake, but a resolver that starts says the same. */
const UNKNOWN_NAME_ATTEMPTS = 3;

/**
 * Milliseconds until the next attempt, or null for none. `attempt` counts those made, `random` is in [0, 1).
 *
 * A call that is not repeatable is made again only when it is known not to have been carried out.
 */
export function nextAttempt(
  { error, progress }: Failure,
  { repeatable, attempt, random }: { readonly repeatable: boolean; readonly attempt: number; readonly random: number },
): number | null {
  const delay = backoffDelay(BACKOFF, attempt) * (0.5 + random / 2);
  switch (progress) {
    case 'hopeless':
      return null;
    case 'unsent':
      return isUnknownName(error) && attempt >= UNKNOWN_NAME_ATTEMPTS ? null : delay;
    case 'lost':
      return repeatable ? delay : null;
    case 'answered': {
      const asked = error.details.retryAfterSeconds;
      // Never sooner than asked, and not all at the same moment.
      const wait = asked === undefined ? delay : asked * 1000 * (1 + random / 4);
      if (error.status === 429) {
        return wait;
      }
      return repeatable && isPassing(error, attempt) ? wait : null;
    }
  }
}

function isPassing({ status, code }: KubernetesError, attempt: number): boolean {
  return (
    status === 502 ||
    status === 503 ||
    status === 504 ||
    code === 'ServerTimeout' ||
    (status === 500 && attempt < INTERNAL_ERROR_ATTEMPTS)
  );
}

function isUnknownName(error: KubernetesError): boolean {
  return (error.cause as { readonly code?: unknown } | undefined)?.code === 'ENOTFOUND';
}
