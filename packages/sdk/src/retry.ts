/** When a request may be sent again, and how long to wait first. Pure. */
import { isFarledError } from '@farled/contract';

export interface Attempt {
  /** Counted from 1. */
  readonly number: number;
  /** How many attempts a request may take in all. */
  readonly allowed: number;
  /** True when sending the request twice has the effect of sending it once. */
  readonly repeatable: boolean;
  readonly error: unknown;
  /** The server's Retry-After in milliseconds, when it gave one. */
  readonly retryAfterMs?: number | undefined;
}

const FIRST_MS = 200;
const MAXIMUM_MS = 5000;
const TRANSIENT: ReadonlySet<string> = new Set(['ConnectionFailed', 'Unavailable', 'Timeout']);

/** Milliseconds to wait before the next attempt, or undefined when this failure stands. */
export function retryDelay({ number, allowed, repeatable, error, retryAfterMs }: Attempt): number | undefined {
  if (!repeatable || number >= allowed || !isFarledError(error) || !TRANSIENT.has(error.code)) {
    return undefined;
  }
  return Math.min(MAXIMUM_MS, retryAfterMs ?? FIRST_MS * 2 ** (number - 1));
}
