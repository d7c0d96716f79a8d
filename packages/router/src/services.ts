/** The route table as it is applied: services by their name. */
import type { RouteTable } from '@farled/contract';
import type { Clock } from '@farled/service';

import { Service } from './service.ts';

export class Services {
  readonly #clock: Clock;
  readonly #byName = new Map<string, Service>();
  #generation = -1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get generation(): number {
    return this.#generation;
  }

  find(name: string): Service | undefined {
    return this.#byName.get(name);
  }

  all(): Iterable<Service> {
    return this.#byName.values();
  }

  /** Another router decides now. */
  forgetScaling(): void {
    for (const service of this.#byName.values()) {
      service.explainScaling(null);
    }
  }

  /** Nobody is scored any more: those who wait are refused, and connections to replicas end. */
  close(): void {
    for (const service of this.#byName.values()) {
      service.close();
    }
  }

  /** False for a table that is older than the one in use. */
  apply({ generation, services }: RouteTable): boolean {
    if (generation < this.#generation) {
      return false;
    }
    this.#generation = generation;
    const names = new Set(services.map(({ name }) => name));
    for (const [name, service] of this.#byName) {
      if (!names.has(name)) {
        this.#byName.delete(name);
        service.close();
      }
    }
    for (const route of services) {
      const present = this.#byName.get(route.name);
      if (present === undefined) {
        this.#byName.set(route.name, new Service(route, this.#clock));
      } else {
        present.update(route);
      }
    }
    return true;
  }
}
