/** One service as the router has it: its route, its slots, its connections and its ledger. */
import type { RouterStatistics, ServiceRoute } from '@farled/contract';
import type { Clock } from '@farled/service';

import { Admission } from './admission/admission.ts';
import { Credentials, type Refused } from './credentials.ts';
import { Ledger } from './ledger.ts';
import { UpstreamPool } from './upstream/upstream-pool.ts';

/** Why there are as many replicas as there are, from the one who decides it. */
export interface ScalingDecision {
  readonly desired: number;
  readonly because: string;
}

export class Service {
  readonly admission: Admission;
  readonly ledger = new Ledger();
  #route: ServiceRoute;
  /** The same as text. */
  #written = '';
  readonly #clock: Clock;
  #credentials: Credentials;
  #decision: ScalingDecision | null = null;
  #isClosed = false;
  /** Also those of replicas that left the table and still have requests. */
  readonly #pools = new Map<string, { readonly origin: string; readonly pool: UpstreamPool }>();

  constructor(route: ServiceRoute, clock: Clock) {
    this.#route = route;
    this.#clock = clock;
    this.#credentials = new Credentials(route, clock);
    this.admission = new Admission(clock);
    this.update(route);
  }

  get route(): ServiceRoute {
    return this.#route;
  }

  /** It left the table: nothing is begun any more, and what was begun is finished. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** For refusals: the last decision, where there was one, else what the route says. */
  get scaling(): ScalingDecision {
    return this.#decision ?? { desired: this.#route.desiredReplicas, because: this.#route.scaling };
  }

  /** Null when somebody else decides now. */
  explainScaling(decision: ScalingDecision | null): void {
    this.#decision = decision;
  }

  /** Of ten thousand services few change at once: nothing is done for one whose route is as it was. */
  update(route: ServiceRoute): void {
    const written = JSON.stringify(route);
    if (written === this.#written) {
      return;
    }
    this.#written = written;
    if (Credentials.wantedBy(route) !== this.#credentials.wanted) {
      this.#credentials = new Credentials(route, this.#clock);
    }
    this.#route = route;
    for (const { id, address } of route.replicas) {
      const origin = JSON.stringify(address);
      const present = this.#pools.get(id);
      if (present?.origin !== origin) {
        this.#pools.set(id, { origin, pool: new UpstreamPool({ address, clock: this.#clock }) });
        present?.pool.close();
      }
    }
    this.admission.update(
      { slots: route.maxConcurrentRequestsPerContainer, maxQueueWaitMs: route.maxQueueWaitMs },
      route.replicas.map(({ id }) => id),
    );
    this.forgetIdle();
  }

  /** Of one that was let in: with whom it shares its turns in line. */
  callerOf(authorization: string | undefined): string {
    return this.#credentials.callerOf(authorization);
  }

  /** Null lets the request in. */
  refusalOf(authorization: string | undefined): Refused | null {
    return this.#credentials.refusalOf(authorization);
  }

  pool(replica: string): UpstreamPool {
    const connections = this.#pools.get(replica);
    if (connections === undefined) {
      throw new Error(`Replica ${replica} has no connections`);
    }
    return connections.pool;
  }

  /** Closes the connections to replicas that left the table and have nothing left to answer. */
  forgetIdle(): void {
    if (this.#pools.size === this.#route.replicas.length && !this.#isClosed) {
      return;
    }
    const needed = new Set(this.admission.replicas.map(({ id }) => id));
    for (const [id, { pool }] of this.#pools) {
      if (!needed.has(id)) {
        this.#pools.delete(id);
        pool.close();
      }
    }
  }

  close(): void {
    this.#isClosed = true;
    this.admission.close();
    this.forgetIdle();
  }

  get statistics(): RouterStatistics['services'][number] {
    const { admission, ledger } = this;
    return {
      name: this.#route.name,
      ...ledger.totals,
      queued: admission.queued,
      inFlight: admission.inFlight,
      copies: admission.copies,
      refusedAtOnce: admission.refusedAtOnce,
      ejections: admission.ejections,
      replicas: admission.replicas.map((replica) => ({ ...replica })),
    };
  }
}
