/**
 * How fast requests come: over the longest of several windows that the latest seconds agree with. What is even is known
 * the better the longer it is so; a change is seen as soon as chance does not explain it. source: the windows of several
 * lengths are InferLine's (SoCC 2020).
 */
export interface Sample {
  readonly at: number;
  /** Since the sample before. */
  readonly forMs: number;
  readonly arrived: number;
  readonly busy: number;
}

export interface Arrivals {
  readonly perSecond: number;
  /** Over which it was so. */
  readonly windowMs: number;
  /** So many in so short a time that it is no chance. */
  readonly isSurge: boolean;
}

export const LONGEST_WINDOW_MS = 60_000;
const LATEST_MS = 6000;
const WINDOWS_MS = [LONGEST_WINDOW_MS, 30_000, 15_000];
const SURGE_WINDOWS_MS = [1000, 2000, 3000];
/** Deviations of a Poisson process. Surges are looked for each second in three windows, and must not be found by chance. */
const CHANGED = 2.5;
const SURGED = 5;

/** `samples` are the oldest first, and at least one. */
export function arrivals(samples: readonly Sample[]): Arrivals {
  const latest = within(samples, LATEST_MS);
  let level = { ...latest, isSurge: false };
  for (const windowMs of WINDOWS_MS) {
    const window = within(samples, windowMs);
    const half = within(samples, windowMs / 2);
    if (isNear(latest, window, CHANGED) && isNear(half, window, CHANGED / 2)) {
      level = { ...window, isSurge: false };
      break;
    }
  }
  for (const windowMs of SURGE_WINDOWS_MS) {
    const window = within(samples, windowMs);
    if (window.perSecond > level.perSecond && !isNear(window, level, SURGED)) {
      level = { ...window, isSurge: true };
    }
  }
  return level;
}

/** The samples of the window, the last one at least. */
export function recent(samples: readonly Sample[], windowMs: number): readonly Sample[] {
  const from = (samples.at(-1)?.at ?? 0) - windowMs;
  const first = samples.findIndex(({ at }) => at > from);
  return samples.slice(first);
}

/** How many came in the window. */
export function within(samples: readonly Sample[], windowMs: number): Omit<Arrivals, 'isSurge'> {
  const window = recent(samples, windowMs);
  const forMs = window.reduce((sum, sample) => sum + sample.forMs, 0);
  const arrived = window.reduce((sum, sample) => sum + sample.arrived, 0);
  return { perSecond: (arrived * 1000) / forMs, windowMs: forMs };
}

function isNear(one: Omit<Arrivals, 'isSurge'>, level: Omit<Arrivals, 'isSurge'>, deviations: number): boolean {
  const expected = (level.perSecond * one.windowMs) / 1000;
  const came = (one.perSecond * one.windowMs) / 1000;
  return Math.abs(came - expected) <= deviations * Math.sqrt(Math.max(1, expected));
}
