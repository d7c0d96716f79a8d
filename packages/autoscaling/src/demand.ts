/** What all routers together have of each service. */
import type { RouterStatistics } from '@farled/contract';

export interface Demand {
  /** Slots that are taken, by copies too: a mirror version is to keep up with them. */
  readonly busy: number;
  readonly queued: number;
}

export function demand(statistics: readonly RouterStatistics[]): ReadonlyMap<string, Demand> {
  const sums = new Map<string, Demand>();
  for (const { name, inFlight, copies, queued } of statistics.flatMap(({ services }) => services)) {
    const before = sums.get(name) ?? { busy: 0, queued: 0 };
    sums.set(name, { busy: before.busy + inFlight + copies, queued: before.queued + queued });
  }
  return sums;
}
