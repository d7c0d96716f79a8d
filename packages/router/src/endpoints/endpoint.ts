/** One endpoint as the router has it: who is let in, which version a request goes to, and what became of all of them. */
import { type EndpointRoute, type RouterStatistics, VERSION_HEADER } from '@farled/contract';
import { fieldName, type RequestHead } from '@farled/http';
import type { Clock, Logger } from '@farled/service';

import { Credentials, type Refused } from '../credentials.ts';
import { Ledger } from '../ledger.ts';
import type { Deadlines } from '../proxy/deadlines.ts';
import type { Service } from '../service.ts';
import { hashOf } from './hash.ts';
import { Mirror } from './mirror/mirror.ts';
import { Shares } from './shares.ts';

/** The service that a request to an endpoint goes to, under the name that it has there. */
export interface Version {
  readonly name: string;
  readonly service: Service;
  readonly endpoint: Endpoint;
  /** Says in answers that they are of this version. */
  readonly line: string;
}

/** There is no version for the request. */
export interface Unroutable {
  readonly status: 404 | 503;
  readonly message: string;
}

export interface EndpointParts {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly log: Logger;
  /** From 0 to 1, without 1. */
  readonly random: () => number;
}

const ALL = 2 ** 32;

export class Endpoint {
  /** Of all versions that it has or had. */
  readonly ledger = new Ledger();
  readonly #parts: EndpointParts;
  #route: EndpointRoute;
  #credentials: Credentials;
  #versions: ReadonlyMap<string, Version | null> = new Map();
  #shares: Shares<Version>;
  #stickyHeader: Uint8Array | null = null;
  #mirror: Mirror | null = null;

  /** It has no versions before `update`. */
  constructor(route: EndpointRoute, parts: EndpointParts) {
    this.#parts = parts;
    this.#route = route;
    this.#credentials = new Credentials(route, parts.clock, 'endpoint');
    this.#shares = new Shares(route.name, [], route.defaultVersion);
  }

  get name(): string {
    return this.#route.name;
  }

  /** Which requests are copied; null: none. */
  get mirror(): Mirror | null {
    return this.#mirror;
  }

  /** `find`: the service of that name, if it is in the table. */
  update(route: EndpointRoute, find: (service: string) => Service | undefined): void {
    if (Credentials.wantedBy(route) !== this.#credentials.wanted) {
      this.#credentials = new Credentials(route, this.#parts.clock, 'endpoint');
    }
    this.#route = route;
    this.#stickyHeader = route.stickyHeader === null ? null : fieldName(route.stickyHeader);
    this.#versions = new Map(
      route.versions.map(({ name, service: serviceName }) => {
        const service = find(serviceName);
        const line = `${VERSION_HEADER}: ${name}\r\n`;
        return [name, service === undefined ? null : { name, service, endpoint: this, line }];
      }),
    );
    this.#shares = new Shares(
      route.name,
      route.versions.map(({ name, trafficPercentile }) => ({
        name,
        trafficPercentile,
        value: this.#versions.get(name) ?? null,
      })),
      route.defaultVersion,
    );
    this.#updateMirror(route);
  }

  close(): void {
    this.#versions = new Map();
    this.#shares = new Shares(this.name, [], this.#route.defaultVersion);
    this.#mirror?.close();
  }

  /** Of one that was let in: with whom it shares its turns in line. */
  callerOf(authorization: string | undefined): string {
    return this.#credentials.callerOf(authorization);
  }

  /** Null lets the request in. */
  refusalOf(authorization: string | undefined): Refused | null {
    return this.#credentials.refusalOf(authorization);
  }

  /** The version that a request asks for, or the one that is its caller's, or one at random. */
  choose(head: RequestHead): Version | Unroutable {
    const asked = head.valueOf(head.version);
    if (asked !== undefined) {
      return this.#versions.get(asked) ?? this.#unroutable(asked);
    }
    const caller = this.#stickyHeader === null ? undefined : head.valueOf(head.find(this.#stickyHeader));
    const number = caller === undefined ? Math.floor(this.#parts.random() * ALL) : hashOf(caller);
    return this.#shares.choose(number) ?? this.#unroutable(null);
  }

  get statistics(): RouterStatistics['endpoints'][number] {
    const { name, versions } = this.#route;
    return {
      name,
      ...this.ledger.totals,
      versions: versions.map((version) => ({ name: version.name, service: version.service })),
      mirror: this.#mirror?.statistics ?? null,
    };
  }

  #updateMirror({ mirror, versions, defaultVersion }: EndpointRoute): void {
    if (this.#mirror !== null && this.#mirror.version !== mirror?.version) {
      this.#mirror.close();
      this.#mirror = null;
    }
    if (mirror !== null) {
      const version = versions.find(({ name }) => name === mirror.version);
      const takesRequests = mirror.version === defaultVersion || (version?.trafficPercentile ?? 0) > 0;
      this.#mirror ??= new Mirror({ ...this.#parts, version: mirror.version });
      this.#mirror.update(mirror.percentile / 100, this.#versions.get(mirror.version)?.service ?? null, takesRequests);
    }
  }

  #unroutable(asked: string | null): Unroutable {
    const names = [...this.#versions.keys()];
    if (asked !== null && !this.#versions.has(asked)) {
      const has = names.length === 0 ? 'it has none' : `it has ${names.map((name) => `"${name}"`).join(', ')}`;
      return {
        status: 404,
        message: `Endpoint "${this.name}" has no version of the name that the header ${VERSION_HEADER} asks for: ${has}.`,
      };
    }
    const why =
      asked !== null
        ? `Version "${asked}" of endpoint "${this.name}" is not deployed here yet, or not any more`
        : names.length === 0
          ? `Endpoint "${this.name}" has no version yet`
          : `No version of endpoint "${this.name}" that gets traffic is deployed here: it has ${names.map((name) => `"${name}"`).join(', ')}, and "${this.#route.defaultVersion}" is the default`;
    return { status: 503, message: `${why}.` };
  }
}
