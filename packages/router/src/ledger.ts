/** What became of the requests of a service, or of an endpoint: totals since the router started. */
import {
  LATENCY_BUCKETS,
  latencyBucket,
  type LatencyCounts,
  NO_LATENCIES,
  type RouterStatistics,
} from '@farled/contract';

type Totals = Pick<
  RouterStatistics['services'][number],
  'accepted' | 'answered' | 'refused' | 'failed' | 'errors' | 'latency'
>;

/** accepted = answered + refused + failed + in flight + queued; errors are among the answered and the failed. */
export class Ledger {
  accepted = 0;
  answered = 0;
  refused = 0;
  failed = 0;
  errors = 0;
  readonly #latency = new Float64Array(LATENCY_BUCKETS);

  /** One was answered, or given up, so many milliseconds after it got its slot. */
  took(milliseconds: number): void {
    const bucket = latencyBucket(milliseconds);
    this.#latency[bucket] = (this.#latency[bucket] as number) + 1;
  }

  get totals(): Totals {
    const { accepted, answered, refused, failed, errors } = this;
    return { accepted, answered, refused, failed, errors, latency: this.#latencies() };
  }

  #latencies(): LatencyCounts {
    const counts = this.#latency;
    const from = counts.findIndex((count) => count > 0);
    const last = counts.findLastIndex((count) => count > 0);
    return from < 0 ? NO_LATENCIES : { from, counts: [...counts.subarray(from, last + 1)] };
  }
}
