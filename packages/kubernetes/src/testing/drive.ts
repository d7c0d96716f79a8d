/** Moves a clock on in small steps while real peers answer, until something has happened. */
import type { ManualClock } from '@farled/service';

/** What the promise gives; `stepMs` of the clock pass in each turn of the event loop that waits for sockets. */
export async function drive<Value>(clock: ManualClock, promise: Promise<Value>, stepMs = 50): Promise<Value> {
  const state = { settled: false };
  const settle = (): void => {
    state.settled = true;
  };
  promise.then(settle, settle);
  await driveUntil(clock, () => state.settled, stepMs);
  return promise;
}

/** Resolves when the condition holds, while the clock moves on. */
export async function driveUntil(clock: ManualClock, holds: () => boolean, stepMs = 50): Promise<void> {
  while (!holds()) {
    await clock.advance(stepMs);
    await breathe();
  }
}

/** Resolves when the condition holds, while the clock stands still. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await breathe();
  }
}

/** One turn in which sockets get their say. */
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 1);
  });
}
