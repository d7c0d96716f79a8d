/**
 * How long requests took, as counts in buckets that are the same everywhere, so that those of several routers add up:
 * eight for each doubling, so that a quantile is told to within 9 %.
 */
import { z } from 'zod';

const LOWEST_MS = 0.125;
const PER_OCTAVE = 8;
/** The last bucket has all that took longer than 8.7 minutes. */
const OCTAVES = 22;
export const LATENCY_BUCKETS = OCTAVES * PER_OCTAVE + 1;

/** Counts of buckets next to each other; all others have none. */
export const LatencyCounts = z.object({
  /** Index of the first bucket that is listed. */
  from: z.int().min(0),
  counts: z.array(z.int().min(0)),
});
export type LatencyCounts = z.infer<typeof LatencyCounts>;

export const NO_LATENCIES: LatencyCounts = { from: 0, counts: [] };

/** Index of the bucket for what took that long. */
export function latencyBucket(milliseconds: number): number {
  if (milliseconds <= LOWEST_MS) {
    return 0;
  }
  return Math.min(LATENCY_BUCKETS - 1, Math.ceil(Math.log2(milliseconds / LOWEST_MS) * PER_OCTAVE));
}

/** The longest time that is in the bucket, in milliseconds. */
export function longestOfBucket(index: number): number {
  return LOWEST_MS * 2 ** (index / PER_OCTAVE);
}
