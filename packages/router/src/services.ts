/** The route table as it is applied: services and endpoints by their name. */
import type { RouteTable } from '@farled/contract';
import type { Clock } from '@farled/service';

import { Endpoint, type EndpointParts } from './endpoints/endpoint.ts';
import { Service } from './service.ts';

export type ServicesParts = EndpointParts;

export class Services {
  readonly #parts: ServicesParts;
  readonly #clock: Clock;
  readonly #byName = new Map<string, Service>();
  readonly #endpoints = new Map<string, Endpoint>();
  #generation = -1;

  constructor(parts: ServicesParts) {
    this.#parts = parts;
    this.#clock = parts.clock;
  }

  get generation(): number {
    return this.#generation;
  }

  find(name: string): Service | undefined {
    return this.#byName.get(name);
  }

  findEndpoint(name: string): Endpoint | undefined {
    return this.#endpoints.get(name);
  }

  all(): Iterable<Service> {
    return this.#byName.values();
  }

  endpoints(): Iterable<Endpoint> {
    return this.#endpoints.values();
  }

  get hasEndpoints(): boolean {
    return this.#endpoints.size > 0;
  }

  /** Another router decides now. */
  forgetScaling(): void {
    for (const service of this.#byName.values()) {
      service.explainScaling(null);
    }
  }

  /** Nobody is scored any more: those who wait are refused, and connections to replicas end. */
  close(): void {
    for (const endpoint of this.#endpoints.values()) {
      endpoint.close();
    }
    for (const service of this.#byName.values()) {
      service.close();
    }
  }

  /** False for a table that is older than the one in use. */
  apply({ generation, services, endpoints }: RouteTable): boolean {
    if (generation < this.#generation) {
      return false;
    }
    this.#generation = generation;
    closeMissing(this.#byName, services);
    closeMissing(this.#endpoints, endpoints);
    for (const route of services) {
      const present = this.#byName.get(route.name);
      if (present === undefined) {
        this.#byName.set(route.name, new Service(route, this.#clock));
      } else {
        present.update(route);
      }
    }
    // Who waits for a service that closed looks for another version only after this.
    for (const route of endpoints) {
      const endpoint = this.#endpoints.get(route.name) ?? new Endpoint(route, this.#parts);
      this.#endpoints.set(route.name, endpoint);
      endpoint.update(route, (name) => this.#byName.get(name));
    }
    return true;
  }
}

function closeMissing(known: Map<string, Service | Endpoint>, listed: readonly { readonly name: string }[]): void {
  const names = new Set(listed.map(({ name }) => name));
  for (const [name, one] of known) {
    if (!names.has(name)) {
      known.delete(name);
      one.close();
    }
  }
}
