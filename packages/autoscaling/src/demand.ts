/** What all routers together have of each service, and what they counted. */
import type { RouterStatistics } from '@farled/contract';

import type { Totals } from './look.ts';

export interface Demand {
  /** Slots that are taken, by copies too: a mirror version is to keep up with them. */
  readonly busy: number;
  readonly queued: number;
  /** Replicas that the routers send requests to. */
  readonly ready: number;
  readonly totals: Totals;
}

export function demand(statistics: readonly RouterStatistics[]): ReadonlyMap<string, Demand> {
  const sums = new Map<string, Demand>();
  const of = statistics
    .map(({ id }) => id)
    .toSorted()
    .join(' ');
  const nothing: Demand = { busy: 0, queued: 0, ready: 0, totals: { of, arrived: 0, answered: 0 } };
  for (const service of statistics.flatMap(({ services }) => services)) {
    const { busy, queued, ready, totals } = sums.get(service.name) ?? nothing;
    sums.set(service.name, {
      busy: busy + service.inFlight + service.copies,
      queued: queued + service.queued,
      ready: Math.max(ready, service.replicas.length),
      totals: {
        of,
        arrived: totals.arrived + service.accepted,
        answered: totals.answered + service.answered + service.failed,
      },
    });
  }
  return sums;
}
