/** Trying again what failed for a while: refused or broken connections, 429, 5xx. */
import { type Backoff, backoffDelay, type Clock } from '@farled/service';

import { codeOf, isCertificateFault, RegistryRefusal } from './failure.ts';

const BACKOFF: Backoff = { firstMs: 200, maximumMs: 5_000, factor: 3 };
const ATTEMPTS = 5;

/** Answers that say «not now» rather than «no»; with 499 a registry says that it lost the connection behind a proxy. */
function isPassing(status: number): boolean {
  return [408, 429, 499].includes(status) || status >= 500;
}

/** Names that can't be resolved and certificates that aren't trusted stay so. */
export function isPassingFault(error: unknown): boolean {
  if (error instanceof RegistryRefusal) {
    return isPassing(error.status);
  }
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = codeOf(cause);
  return (
    /^(?:UND_ERR_|ECONN|EPIPE|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)/.test(code) && !isCertificateFault(cause)
  );
}

export interface Retries {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told of each failure after which it is tried again. */
  readonly onRetry?: (error: unknown, waitMs: number) => void;
}

/** `run` gets the number of the attempt, from 1. What it throws after the last one is thrown. */
export async function withRetries<Result>(
  { clock, signal, onRetry }: Retries,
  run: (attempt: number) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await run(attempt);
    } catch (error) {
      signal.throwIfAborted();
      if (attempt >= ATTEMPTS || !isPassingFault(error)) {
        throw error;
      }
      const waitMs = backoffDelay(BACKOFF, attempt);
      onRetry?.(error, waitMs);
      await clock.sleep(waitMs, signal);
    }
  }
}
