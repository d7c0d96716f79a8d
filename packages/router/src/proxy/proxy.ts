/** Answers scoring requests: finds the service, checks key or token, admits, forwards, and says why when it can't. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { type Clock, isoTime } from '@farled/service';

import type { Refusals } from '../refusals.ts';
import type { Service } from '../service.ts';
import type { Services } from '../services.ts';
import { type Body, BodyTooLarge, LARGEST_BODY_BYTES, takeBody } from './body.ts';
import { forward } from './forward.ts';

export interface ProxyParts {
  readonly services: Services;
  readonly refusals: Refusals;
  /** Whether a service that is not found does not exist. */
  readonly knowsAll: () => boolean;
  readonly clock: Clock;
}

const PATH = /^\/api\/v1\/service\/([^/?]+)\/(score|swagger\.json)(\?.*)?$/;
const ADDRESSES = 'Scoring addresses are /api/v1/service/<name>/score.';
const LONGEST_REQUEST_ID = 100;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
}

export class Proxy {
  readonly #parts: ProxyParts;

  constructor(parts: ProxyParts) {
    this.#parts = parts;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '/';
    if (url === '/') {
      response.writeHead(200, { 'content-type': 'text/plain' }).end('Healthy');
      return;
    }
    const exchange = { request, response, requestId: requestIdOf(request) };
    const match = PATH.exec(url);
    const service = match === null ? undefined : this.#parts.services.find(match[1] ?? '');
    if (match === null) {
      say(exchange, 404, `There is no page ${url.split('?', 1)[0]} here. ${ADDRESSES}`);
      return;
    }
    if (service === undefined) {
      this.#unknown(exchange, match[1] ?? '');
      return;
    }
    if (request.method !== 'GET' && request.method !== 'POST') {
      say(exchange, 405, 'Only GET and POST are answered here.', { allow: 'GET, POST' });
      return;
    }
    const refused = service.refusalOf(request.headers.authorization);
    if (refused !== null) {
      say(exchange, 401, refused.message, { 'www-authenticate': refused.challenge });
      return;
    }
    await this.#score(exchange, service, `/${match[2]}${match[3] ?? ''}`);
  }

  #unknown(exchange: Exchange, name: string): void {
    if (this.#parts.knowsAll()) {
      say(exchange, 404, `There is no service "${name}" here. ${ADDRESSES}`);
      return;
    }
    // "Not found" would be taken for the truth; it may have been deployed since.
    const message = `This router does not know service "${name}", and can't ask: the API server of its cluster does not answer. Try again.`;
    say(exchange, 503, message, { 'retry-after': '1' });
  }

  async #score(exchange: Exchange, service: Service, path: string): Promise<void> {
    const { ledger } = service;
    let body: Body;
    try {
      body = await takeBody(exchange.request);
    } catch (error) {
      // What never came in whole was never accepted.
      if (error instanceof BodyTooLarge) {
        tooLarge(exchange);
      }
      return;
    }
    ledger.accepted += 1;
    const gone = new AbortController();
    const onClose = (): void => {
      if (!exchange.response.writableFinished) {
        gone.abort(new Error('the client closed the connection'));
      }
    };
    exchange.response.once('close', onClose);
    try {
      await this.#admitAndForward(exchange, service, path, body, gone.signal);
    } catch (error) {
      ledger.failed += 1;
      if (!gone.signal.aborted) {
        throw error;
      }
    } finally {
      exchange.response.off('close', onClose);
      service.forgetIdle();
    }
  }

  async #admitAndForward(
    exchange: Exchange,
    service: Service,
    path: string,
    body: Body,
    gone: AbortSignal,
  ): Promise<void> {
    const { clock } = this.#parts;
    const { ledger } = service;
    let since: number | null = null;
    let deadline: number | null = null;
    for (;;) {
      const admitted = service.admission.admit(gone, since);
      const result = admitted instanceof Promise ? await admitted : admitted;
      if (result.outcome === 'overloaded') {
        ledger.refused += 1;
        this.#refuse(exchange, service, result.waitedMs);
        return;
      }
      const { ticket } = result;
      // Attempts share the time of one: the client does not know of them.
      deadline ??= clock.now() + service.route.scoringTimeoutMs;
      const forwarded = await forward({
        ...exchange,
        pool: service.pool(ticket.replica),
        path,
        body,
        timeoutMs: Math.max(1, deadline - clock.now()),
        clock,
      }).catch((error: unknown) => {
        ticket.release();
        throw error;
      });
      const isUnread = body.kind === 'held' || !body.stream.readableDidRead;
      if (forwarded.outcome === 'notExecuted' && isUnread && clock.now() < deadline) {
        ticket.rest(forwarded.by);
        since ??= clock.now();
        continue;
      }
      ticket.release();
      this.#conclude(exchange, service, forwarded.outcome);
      return;
    }
  }

  #conclude(exchange: Exchange, service: Service, outcome: Awaited<ReturnType<typeof forward>>['outcome']): void {
    const { ledger, route } = service;
    switch (outcome) {
      case 'answered':
        ledger.answered += 1;
        return;
      case 'clientGone':
        ledger.failed += 1;
        return;
      case 'tooLarge':
        ledger.refused += 1;
        tooLarge(exchange);
        return;
      case 'timedOut':
        ledger.failed += 1;
        this.#explain(
          exchange,
          route.name,
          504,
          `It was not answered within scoringTimeoutMs, ${route.scoringTimeoutMs} ms.`,
        );
        say(exchange, 504, `Scoring timeout after ${route.scoringTimeoutMs} ms`);
        return;
      case 'notExecuted':
        ledger.refused += 1;
        this.#refuse(exchange, service, 0);
        return;
      case 'broken':
        ledger.failed += 1;
        this.#explain(exchange, route.name, 502, 'The replica ended, or closed the connection, before it answered.');
        say(exchange, 502, 'Replica closed connection before replying');
    }
  }

  #refuse(exchange: Exchange, { route, admission, scaling }: Service, waitedMs: number): void {
    const slots = route.replicas.length * route.maxConcurrentRequestsPerContainer;
    const why =
      route.replicas.length === 0
        ? `no replica of the service is ready (${scaling.desired} wanted: ${scaling.because})`
        : `all ${slots} slots (${route.replicas.length} replicas x maxConcurrentRequestsPerContainer ${route.maxConcurrentRequestsPerContainer}) were taken, with ${admission.queued} more requests waiting; ${scaling.because}`;
    const because = `It waited ${Math.round(waitedMs)} ms of at most maxQueueWaitMs ${route.maxQueueWaitMs} ms: ${why}.`;
    this.#explain(exchange, route.name, 503, because);
    say(exchange, 503, `Too many requests for service ${route.name} (overloaded)`, { 'retry-after': '1' }, because);
  }

  #explain({ requestId }: Exchange, service: string, status: number, because: string): void {
    this.#parts.refusals.add({ requestId, service, status, because, at: isoTime(this.#parts.clock) });
  }
}

function tooLarge(exchange: Exchange): void {
  say(exchange, 413, `The body must not have more than ${LARGEST_BODY_BYTES} bytes.`, { connection: 'close' });
}

function say(
  { response, requestId }: Exchange,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  because?: string,
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const text = JSON.stringify({ message, ...(because === undefined ? {} : { because }) });
  response.writeHead(status, { ...headers, 'content-type': 'application/json', 'x-request-id': requestId }).end(text);
}

/** The client's own, when it can be passed on. */
function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && given !== '' && given.length <= LONGEST_REQUEST_ID ? given : randomUUID();
}
