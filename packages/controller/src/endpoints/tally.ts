/**
 * What became of a version's requests since some moment, added up over routers that come, go and start anew. Pure: a look
 * at all routers' statistics in, a new sum out. Values of JSON, so that a step of a rollout outlives the server.
 */
import { LatencyCounts, NO_LATENCIES, type RouterStatistics } from '@farled/contract';
import { z } from 'zod';

export const Tally = z.object({
  answered: z.int(),
  failed: z.int(),
  refused: z.int(),
  /** Of the answered and failed: 5xx of the script, 502 and 504. */
  errors: z.int(),
  latency: LatencyCounts,
});
export type Tally = z.infer<typeof Tally>;

export const Observation = z.object({
  /** Milliseconds since the epoch: nothing from before it is counted. */
  since: z.int(),
  /** Since then, by the name of the service. */
  sums: z.record(z.string(), Tally),
  /** What each run of a router had counted when it was last heard, by its id and the name of the service. */
  heard: z.record(z.string(), z.record(z.string(), Tally)),
});
export type Observation = z.infer<typeof Observation>;

export const NOTHING: Tally = { answered: 0, failed: 0, refused: 0, errors: 0, latency: NO_LATENCIES };

/** Everything that these routers have counted is from before. */
export function beginObservation(
  services: readonly string[],
  statistics: readonly RouterStatistics[],
  now: number,
): Observation {
  return observe(
    { since: now, sums: Object.fromEntries(services.map((name) => [name, NOTHING])), heard: {} },
    statistics,
  );
}

/**
 * Adds what the routers counted since each was heard last. A router that was not heard before counts from when it started,
 * if that was after the beginning, else from now on: what it had counted before the beginning can't be told apart. What a
 * router counted after it was last heard, and before it ended, is lost.
 */
export function observe(before: Observation, statistics: readonly RouterStatistics[]): Observation {
  const sums = { ...before.sums };
  const heard = { ...before.heard };
  for (const { id, startedAt, services } of statistics) {
    const known = heard[id] ?? (startedAt >= before.since ? {} : null);
    const latest: Record<string, Tally> = {};
    for (const name of Object.keys(sums)) {
      const counted = services.find((service) => service.name === name);
      if (counted === undefined) {
        // A service that comes back to a table counts from zero.
        continue;
      }
      const { answered, failed, refused, errors, latency } = counted;
      const current = { answered, failed, refused, errors, latency };
      latest[name] = current;
      const last = known === null ? current : (known[name] ?? NOTHING);
      sums[name] = add(sums[name] ?? NOTHING, current, isReset(last, current) ? NOTHING : last);
    }
    heard[id] = latest;
  }
  return { since: before.since, sums, heard };
}

/** A service that left the table between two looks, and came back. */
function isReset(last: Tally, current: Tally): boolean {
  return current.answered < last.answered || current.failed < last.failed || current.refused < last.refused;
}

function add(sum: Tally, current: Tally, last: Tally): Tally {
  return {
    answered: sum.answered + current.answered - last.answered,
    failed: sum.failed + current.failed - last.failed,
    refused: sum.refused + current.refused - last.refused,
    errors: sum.errors + current.errors - last.errors,
    latency: addLatencies(sum.latency, current.latency, last.latency),
  };
}

function addLatencies(sum: LatencyCounts, current: LatencyCounts, last: LatencyCounts): LatencyCounts {
  const all = [sum, current, last].filter(({ counts }) => counts.length > 0);
  if (all.length === 0) {
    return NO_LATENCIES;
  }
  const from = Math.min(...all.map((one) => one.from));
  const end = Math.max(...all.map((one) => one.from + one.counts.length));
  const at = (one: LatencyCounts, bucket: number): number => one.counts[bucket - one.from] ?? 0;
  return {
    from,
    counts: Array.from({ length: end - from }, (_, index) => {
      const bucket = from + index;
      return Math.max(0, at(sum, bucket) + at(current, bucket) - at(last, bucket));
    }),
  };
}
