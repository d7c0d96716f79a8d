/** Brings what routers are told of endpoints to the routers of their compute targets. */
import type { EndpointRecord, State } from '@farled/state';

import { endpointCredentials, type TokenKeys } from '../routes/credentials.ts';
import type { Deployers } from '../service/deployer.ts';
import type { ReadStatistics } from './cluster-statistics.ts';
import { endpointRoute } from './endpoint-route.ts';

export interface EndpointRoutesParts {
  readonly state: State;
  readonly tokenKeys: TokenKeys;
  readonly deployers: Deployers;
}

export class EndpointRoutes {
  readonly #parts: EndpointRoutesParts;
  /** What is read first is told first: an older look at an endpoint must not follow a newer one. */
  readonly #telling = new Map<string, Promise<void>>();

  constructor(parts: EndpointRoutesParts) {
    this.#parts = parts;
  }

  /** Resolves when no router uses what the endpoint was before; one that is gone or going leaves the tables. */
  async publish(endpointId: string, signal: AbortSignal): Promise<void> {
    const tell = (): Promise<void> => this.#tell(endpointId, signal);
    const told = (this.#telling.get(endpointId) ?? Promise.resolve()).then(tell, tell);
    this.#telling.set(endpointId, told);
    try {
      await told;
    } finally {
      if (this.#telling.get(endpointId) === told) {
        this.#telling.delete(endpointId);
      }
    }
  }

  /** What the routers counted so far. */
  async statistics(endpoint: EndpointRecord, signal: AbortSignal): Promise<ReadStatistics> {
    const { state, deployers } = this.#parts;
    const compute = await state.computes.get(endpoint.workspaceId, endpoint.computeName);
    return (await deployers.of(compute)).statistics(signal);
  }

  async #tell(endpointId: string, signal: AbortSignal): Promise<void> {
    const { state, deployers } = this.#parts;
    const endpoint = await state.endpoints.byId(endpointId);
    if (endpoint === undefined) {
      await Promise.all(deployers.all().map((deployer) => deployer.routeEndpoint(endpointId, null, signal)));
      return;
    }
    const compute = await state.computes.get(endpoint.workspaceId, endpoint.computeName);
    const deployer = await deployers.of(compute);
    await deployer.routeEndpoint(endpoint.id, endpoint.deleting ? null : await this.#routeOf(endpoint), signal);
  }

  /** After a restart, before the first table is published: no router sees one with gaps. */
  async adopt(): Promise<readonly string[]> {
    const { state, deployers } = this.#parts;
    const endpoints = await state.endpoints.all();
    for (const endpoint of endpoints) {
      const compute = await state.computes.get(endpoint.workspaceId, endpoint.computeName);
      if (compute.clusterKind === 'local' && !endpoint.deleting) {
        (await deployers.of(compute)).adoptEndpoint(endpoint.id, await this.#routeOf(endpoint));
      }
    }
    return endpoints.map(({ id }) => id);
  }

  async #routeOf(endpoint: EndpointRecord) {
    const services = await this.#parts.state.services.ofEndpoint(endpoint.id);
    return endpointRoute(endpoint, services, await endpointCredentials(this.#parts, endpoint));
  }
}
