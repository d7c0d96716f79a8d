/** One service as the router has it: its route, its slots, its connections and its ledger. */
import type { ReplicaAddress, RouterStatistics, ServiceRoute } from '@farled/contract';
import type { Clock } from '@farled/service';
import { Pool } from 'undici';

import { Admission } from './admission/admission.ts';
import { Credentials, type Refused } from './credentials.ts';

/** accepted = answered + refused + failed + in flight + queued. */
export interface Ledger {
  accepted: number;
  answered: number;
  refused: number;
  failed: number;
}

/** Why there are as many replicas as there are, from the one who decides it. */
export interface ScalingDecision {
  readonly desired: number;
  readonly because: string;
}

const KEEP_ALIVE_MS = 60_000;
/** Inside a cluster connections take a millisecond; the address of a pod whose node is gone answers nothing at all. */
const CONNECT_TIMEOUT_MS = 1000;

export class Service {
  readonly admission: Admission;
  readonly ledger: Ledger = { accepted: 0, answered: 0, refused: 0, failed: 0 };
  #route: ServiceRoute;
  readonly #clock: Clock;
  #credentials: Credentials;
  #decision: ScalingDecision | null = null;
  /** Also those of replicas that left the table and still have requests. */
  readonly #pools = new Map<string, { readonly origin: string; readonly pool: Pool }>();

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

  /** For refusals: the last decision, where there was one, else what the route says. */
  get scaling(): ScalingDecision {
    return this.#decision ?? { desired: this.#route.desiredReplicas, because: this.#route.scaling };
  }

  /** Null when somebody else decides now. */
  explainScaling(decision: ScalingDecision | null): void {
    this.#decision = decision;
  }

  update(route: ServiceRoute): void {
    if (Credentials.wantedBy(route) !== this.#credentials.wanted) {
      this.#credentials = new Credentials(route, this.#clock);
    }
    this.#route = route;
    for (const { id, address } of route.replicas) {
      const origin = JSON.stringify(address);
      const present = this.#pools.get(id);
      if (present?.origin !== origin) {
        this.#pools.set(id, { origin, pool: connect(address) });
        present?.pool.close().catch(() => {});
      }
    }
    this.admission.update(
      { slots: route.maxConcurrentRequestsPerContainer, maxQueueWaitMs: route.maxQueueWaitMs },
      route.replicas.map(({ id }) => id),
    );
    this.forgetIdle();
  }

  /** Null lets the request in. */
  refusalOf(authorization: string | undefined): Refused | null {
    return this.#credentials.refusalOf(authorization);
  }

  pool(replica: string): Pool {
    const connections = this.#pools.get(replica);
    if (connections === undefined) {
      throw new Error(`Replica ${replica} has no connections`);
    }
    return connections.pool;
  }

  /** Closes the connections to replicas that left the table and have nothing left to answer. */
  forgetIdle(): void {
    const needed = new Set(this.admission.replicas.map(({ id }) => id));
    for (const [id, { pool }] of this.#pools) {
      if (!needed.has(id)) {
        this.#pools.delete(id);
        pool.close().catch(() => {});
      }
    }
  }

  close(): void {
    this.admission.close();
    this.forgetIdle();
  }

  get statistics(): RouterStatistics['services'][number] {
    const { admission, ledger } = this;
    return {
      name: this.#route.name,
      ...ledger,
      queued: admission.queued,
      inFlight: admission.inFlight,
      replicas: admission.replicas.map((replica) => ({ ...replica })),
    };
  }
}

function connect(address: ReplicaAddress): Pool {
  const options = {
    // The scoring timeout is the router's own; these would cut a long answer short.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    pipelining: 1,
    connect: { timeout: CONNECT_TIMEOUT_MS },
  };
  if (address.kind === 'unix') {
    return new Pool('http://replica', { ...options, socketPath: address.path });
  }
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return new Pool(`http://${host}:${address.port}`, options);
}
