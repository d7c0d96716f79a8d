/** Exponential back-off with a ceiling. */
export interface Backoff {
  readonly firstMs: number;
  readonly maximumMs: number;
  readonly factor: number;
}

/** Milliseconds to wait before attempt number `attempt`, counted from 1 for the first retry. */
export function backoffDelay({ firstMs, maximumMs, factor }: Backoff, attempt: number): number {
  return Math.min(maximumMs, firstMs * factor ** Math.max(0, attempt - 1));
}
