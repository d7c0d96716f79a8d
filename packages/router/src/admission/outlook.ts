/** What a request may expect, by how long others took: nobody is left to wait for what can't come in time. */

/** Changed in place: this is on the way of every request. */
export interface Times {
  /** How long a request has its slot on average, in milliseconds. */
  usualMs: number;
  /** How far from that they are, on average. */
  deviationMs: number;
  answers: number;
}

/** How much the latest one counts. */
const LATEST = 0.02;
/** With fewer answers than these nothing is foreseen. */
const ENOUGH = 20;
/** Below the average. */
const DEVIATIONS = 2;
const LONGEST_SECONDS = 60;

export function learnTime(times: Times, tookMs: number): void {
  times.answers += 1;
  if (times.answers === 1) {
    times.usualMs = tookMs;
    times.deviationMs = tookMs / 2;
    return;
  }
  const error = tookMs - times.usualMs;
  times.usualMs += error * LATEST;
  times.deviationMs += (Math.abs(error) - times.deviationMs) * LATEST;
}

export interface Prospect {
  /** How many get a slot before it. */
  readonly ahead: number;
  readonly slots: number;
  readonly maxQueueWaitMs: number;
  /** Until its client wants the answer; infinite: it did not say. */
  readonly leftMs: number;
}

/** Why a request would wait in vain. */
export interface Hopeless {
  /** What it needs at least, in milliseconds: its wait, and its scoring if the limit is the client's. */
  readonly needsMs: number;
  /** The limit. */
  readonly mayTakeMs: number;
  readonly ahead: number;
  /** It is the client's limit, not maxQueueWaitMs. */
  readonly isOfClient: boolean;
}

/** Null when it may come in time, which is also so while times are not known, or differ much. Pure. */
export function foresee(times: Times, { ahead, slots, maxQueueWaitMs, leftMs }: Prospect): Hopeless | null {
  const least = leastMs(times);
  const waitMs = slots === 0 ? 0 : Math.floor(ahead / slots) * least;
  if (waitMs + least > leftMs || leftMs <= 0) {
    return { needsMs: waitMs + least, mayTakeMs: leftMs, ahead, isOfClient: true };
  }
  return waitMs > maxQueueWaitMs ? { needsMs: waitMs, mayTakeMs: maxQueueWaitMs, ahead, isOfClient: false } : null;
}

/** What one takes at least, nearly always. */
function leastMs({ usualMs, deviationMs, answers }: Times): number {
  return answers < ENOUGH ? 0 : Math.max(0, usualMs - DEVIATIONS * deviationMs);
}

/** When the line will be gone at the pace of now: for the header Retry-After, in whole seconds. Pure. */
export function retryAfterSeconds({ usualMs }: Times, queued: number, slots: number): number {
  const drainMs = slots === 0 ? 0 : (queued * usualMs) / slots;
  return Math.min(LONGEST_SECONDS, Math.max(1, Math.ceil(drainMs / 1000)));
}
