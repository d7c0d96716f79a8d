/**
 * How long requests took, as counts in buckets that are the same everywhere, so that those of several routers add up: one
 * for each millisecond up to 15, and then eight for each doubling, so that a quantile is told to within 12.5 %.
 */
import { z } from 'zod';

/** 17 minutes and more: the last bucket's. */
const LONGEST_MS = 2 ** 20 - 1;
export const LATENCY_BUCKETS = 144;

/** Counts of buckets next to each other; all others have none. */
export const LatencyCounts = z.object({
  /** Index of the first bucket that is listed. */
  from: z.int().min(0),
  counts: z.array(z.int().min(0)),
});
export type LatencyCounts = z.infer<typeof LatencyCounts>;

export const NO_LATENCIES: LatencyCounts = { from: 0, counts: [] };

/** Index of the bucket for what took that long: its first four bits, and how many follow. */
export function latencyBucket(milliseconds: number): number {
  const whole = milliseconds < 0 ? 0 : milliseconds > LONGEST_MS ? LONGEST_MS : Math.floor(milliseconds);
  const shift = whole < 16 ? 0 : 28 - Math.clz32(whole);
  return 8 * shift + (whole >> shift);
}

/** The longest time that is in the bucket, in whole milliseconds. */
export function longestOfBucket(index: number): number {
  const shift = index < 16 ? 0 : (index >> 3) - 1;
  return ((index - 8 * shift + 1) << shift) - 1;
}
