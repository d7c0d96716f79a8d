/**
 * Surges that come again after the same time, as of jobs that run by the clock: expected from the third on, and no more
 * when one of them did not come. source: keeping and warming by the times between, Serverless in the Wild (ATC 2020).
 */
export interface Surge {
  readonly at: number;
  /** Replicas that it needed. */
  readonly needed: number;
}

export interface Expected extends Surge {
  /** Between the two before. */
  readonly everyMs: number;
}

const REMEMBERED = 3;
/** What follows a surge as closely is part of it. */
const PART_OF_MS = 12_000;
const SHORTEST_MS = 30_000;
/** How far one may be off, in milliseconds and as a part of the time between. */
const OFF_MS = 3000;
const OFF = 0.05;
/** A surge is over once nothing of it is seen for as long. */
const LATE_MS = 6000;

/** The surges with the one that is seen now, in the same list when that is none. */
export function withSurge(surges: readonly Surge[], seen: Surge, isNew: boolean): readonly Surge[] {
  const last = surges.at(-1);
  if (last !== undefined && seen.at - last.at <= PART_OF_MS) {
    return seen.needed > last.needed ? [...surges.slice(0, -1), { at: last.at, needed: seen.needed }] : surges;
  }
  return isNew ? [...surges, seen].slice(-REMEMBERED) : surges;
}

/** The surge for which replicas that take `aheadMs` should be asked for now, if one is expected. */
export function expectedSurge(surges: readonly Surge[], now: number, aheadMs: number): Expected | null {
  const [third, before, last] = surges.length < REMEMBERED ? [undefined, ...surges] : surges;
  if (before === undefined || last === undefined) {
    return null;
  }
  const everyMs = last.at - before.at;
  const isRegular = third === undefined || Math.abs(before.at - third.at - everyMs) <= Math.max(OFF_MS, OFF * everyMs);
  const at = last.at + everyMs;
  return everyMs >= SHORTEST_MS && isRegular && now >= at - aheadMs - OFF_MS && now <= at + LATE_MS
    ? { at, needed: Math.min(last.needed, before.needed), everyMs }
    : null;
}
