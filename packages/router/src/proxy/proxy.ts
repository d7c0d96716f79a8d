/** Looks at the head of each request: finds the service, checks key or token, and has it scored, or says why not. */
import { CLIENT_TIMEOUT_HEADER } from '@farled/contract';
import { type Client, type Exchange, FRAMING, type Handler, type RequestHead } from '@farled/http';
import type { Clock, Logger } from '@farled/service';

import type { Endpoint, Version } from '../endpoints/endpoint.ts';
import type { Refusals } from '../refusals.ts';
import { Service } from '../service.ts';
import type { Services } from '../services.ts';
import { type Address, readAddress } from './addresses.ts';
import { LARGEST_BODY_BYTES } from './body.ts';
import type { Deadlines } from './deadlines.ts';
import { toReplica } from './headers.ts';
import { isPreflight, Preflight } from './preflight.ts';
import { createRequestIds } from './request-ids.ts';
import { say, sayTooLarge } from './say.ts';
import { Scoring } from './scoring.ts';

export interface ProxyParts {
  readonly services: Services;
  readonly refusals: Refusals;
  /** Whether a service that is not found does not exist. */
  readonly knowsAll: () => boolean;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly log: Logger;
}

const ADDRESSES = 'Scoring addresses are /api/v1/service/<name>/score.';
/** One that can be said again in a header: what can be seen in ASCII, and not much of it. */
const REQUEST_ID = /^[!-~]{1,100}$/;
const TIMEOUT = /^[1-9]\d{0,7}$/;

export class Proxy implements Handler {
  readonly #parts: ProxyParts;
  readonly #nextId = createRequestIds();

  constructor(parts: ProxyParts) {
    this.#parts = parts;
  }

  open(client: Client): Exchange | null {
    const { head } = client;
    const { method, target } = head;
    const requestId = this.#requestIdOf(head);
    if (target === '/') {
      client.say(200, 'Healthy');
      return null;
    }
    const address = readAddress(target);
    if (address === undefined) {
      say(client, requestId, 404, `There is no page ${target.split('?', 1)[0]} here. ${ADDRESSES}`);
      return null;
    }
    const { services } = this.#parts;
    const found = services.find(address.service) ?? services.findEndpoint(address.service);
    if (found === undefined) {
      this.#sayUnknown(client, requestId, address);
      return null;
    }
    if (method === 'OPTIONS') {
      const headers = toReplica(head);
      if (isPreflight(headers, head.framing)) {
        const { clock, deadlines } = this.#parts;
        const destination = this.#destinationOf(found, client, requestId);
        if (destination === null) {
          return null;
        }
        const service = destination instanceof Service ? destination : destination.service;
        return new Preflight({ client, service, path: address.path, headers, requestId, clock, deadlines });
      }
    }
    if (method !== 'POST' && method !== 'GET') {
      say(client, requestId, 405, 'Only GET and POST are answered here.', 'allow: GET, POST\r\n');
      return null;
    }
    const refused = found.refusalOf(head.valueOf(head.authorization));
    if (refused !== null) {
      say(client, requestId, 401, refused.message, `www-authenticate: ${refused.challenge}\r\n`);
      return null;
    }
    if (head.framing === FRAMING.length && head.length > LARGEST_BODY_BYTES) {
      sayTooLarge(client, requestId);
      return null;
    }
    const timeoutMs = timeoutOf(head);
    if (Number.isNaN(timeoutMs)) {
      say(
        client,
        requestId,
        400,
        `${CLIENT_TIMEOUT_HEADER} must be a whole number of milliseconds from 1 to 99999999.`,
      );
      return null;
    }
    const { refusals, clock, deadlines } = this.#parts;
    const destination = this.#destinationOf(found, client, requestId);
    const { path } = address;
    return destination && new Scoring({ client, destination, path, requestId, timeoutMs, refusals, clock, deadlines });
  }

  failed(error: unknown): void {
    this.#parts.log.error({ err: error }, 'Request failed');
  }

  /** Null: there is nobody to answer, and the client was told. */
  #destinationOf(found: Service | Endpoint, client: Client, requestId: string): Service | Version | null {
    if (found instanceof Service) {
      return found;
    }
    const chosen = found.choose(client.head);
    if ('status' in chosen) {
      say(client, requestId, chosen.status, chosen.message, chosen.status === 503 ? 'retry-after: 1\r\n' : '');
      return null;
    }
    client.versionLine = chosen.line;
    return chosen;
  }

  /** The client's own, when it can be passed on. */
  #requestIdOf(head: RequestHead): string {
    const given = head.valueOf(head.requestId);
    return given !== undefined && REQUEST_ID.test(given) ? given : this.#nextId();
  }

  #sayUnknown(client: Client, requestId: string, { service }: Address): void {
    if (this.#parts.knowsAll()) {
      say(client, requestId, 404, `There is no service "${service}" here. ${ADDRESSES}`);
      return;
    }
    // "Not found" would be taken for the truth; it may have been deployed since.
    const message = `This router does not know service "${service}", and can't ask: the API server of its cluster does not answer. Try again.`;
    say(client, requestId, 503, message, 'retry-after: 1\r\n');
  }
}

/** Null: the client set no limit; NaN: what it set is none. */
function timeoutOf(head: RequestHead): number | null {
  const text = head.valueOf(head.timeout);
  return text === undefined ? null : TIMEOUT.test(text) ? Number(text) : Number.NaN;
}
