/** What all routers together have of each service. */
import type { RouterStatistics } from '@farled/contract';

export interface Demand {
  readonly busy: number;
  readonly queued: number;
}

export function demand(statistics: readonly RouterStatistics[]): ReadonlyMap<string, Demand> {
  const sums = new Map<string, Demand>();
  for (const { name, inFlight, queued } of statistics.flatMap(({ services }) => services)) {
    const before = sums.get(name) ?? { busy: 0, queued: 0 };
    sums.set(name, { busy: before.busy + inFlight, queued: before.queued + queued });
  }
  return sums;
}
