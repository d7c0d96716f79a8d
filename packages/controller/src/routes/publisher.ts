/** Keeps the route table and brings it to the router. */
import type { EndpointRoute, RouterStatistics, RouteTable, ServiceRoute } from '@farled/contract';
import type { Clock } from '@farled/service';

export interface Router {
  /** Resolves once every request that comes in is answered by this table. */
  putTable(table: RouteTable, signal: AbortSignal): Promise<void>;
  /** Of every process that can be asked. */
  statistics(signal: AbortSignal): Promise<readonly RouterStatistics[]>;
}

export class RoutePublisher {
  readonly #router: Router;
  readonly #clock: Clock;
  readonly #routes = new Map<string, ServiceRoute>();
  readonly #endpoints = new Map<string, EndpointRoute>();
  #generation = 0;
  #published = 0;
  #sending: Promise<void> = Promise.resolve();

  constructor(router: Router, clock: Clock) {
    this.#router = router;
    this.#clock = clock;
  }

  /** Changes the table without telling the router yet. */
  set(serviceId: string, route: ServiceRoute | null): void {
    this.#change(this.#routes, serviceId, route);
  }

  /** As {@link RoutePublisher.set}, of an endpoint. */
  setEndpoint(endpointId: string, route: EndpointRoute | null): void {
    this.#change(this.#endpoints, endpointId, route);
  }

  statistics(signal: AbortSignal): Promise<readonly RouterStatistics[]> {
    return this.#router.statistics(signal);
  }

  /** Has the router take the table even if it did before: it may have been started anew. */
  invalidate(): void {
    this.#advance();
  }

  /** Resolves when the router uses the table as it is now; rejects when it can't be reached. */
  async publish(signal: AbortSignal): Promise<void> {
    const wanted = this.#generation;
    const send = async (): Promise<void> => {
      if (this.#published >= wanted) {
        return;
      }
      const generation = this.#generation;
      await this.#router.putTable(
        { generation, services: [...this.#routes.values()], endpoints: [...this.#endpoints.values()] },
        signal,
      );
      this.#published = generation;
    };
    this.#sending = this.#sending.then(send, send);
    await this.#sending;
  }

  #change<Route>(routes: Map<string, Route>, id: string, route: Route | null): void {
    const before = routes.get(id);
    if (
      route === null ? before === undefined : before !== undefined && JSON.stringify(before) === JSON.stringify(route)
    ) {
      return;
    }
    if (route === null) {
      routes.delete(id);
    } else {
      routes.set(id, route);
    }
    this.#advance();
  }

  /** Generations grow over restarts too, without being stored: they follow the clock. */
  #advance(): void {
    this.#generation = Math.max(this.#generation + 1, this.#clock.now());
  }
}
