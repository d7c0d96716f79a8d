/** The HTTP side of a replica: the scoring contract, and what those who run it ask. */
import { createServer, type Server } from 'node:net';

import { NOT_EXECUTED_HEADER, REPLICA_CONTROL, type ReplicaReport } from '@farled/contract';
import { CLIENT_LIMITS, type Client, ClientConnections, type Exchange, type Handler } from '@farled/http';
import type { Clock } from '@farled/service';

import { FAILED, HTML_TYPE, INTERNAL, JSON_TYPE, NO_METHOD, reply, say } from './answer.ts';
import { type Cors, isPreflight } from './cors.ts';
import { Fields } from './fields.ts';
import type { Pool } from './pool.ts';
import type { Quarantine } from './quarantine.ts';
import { type Headers, requestIds } from './request-ids.ts';
import { ScoringExchange } from './scoring.ts';
import { DEFAULT_VERSION, type Swagger } from './swagger/swagger.ts';
import type { Source } from './worker-request.ts';

export interface FrontParts {
  readonly replica: string;
  readonly pool: Pool;
  readonly scoringTimeoutMs: number;
  readonly maxConcurrentRequests: number;
  readonly quarantine: Quarantine;
  readonly cors: Cors;
  readonly log: (line: string) => void;
  /** How long it still serves once it drains. */
  readonly lingerMs: number;
  readonly clock: Clock;
  /** Called once, when it drains, nothing is left and nothing comes any more. */
  readonly drained: () => void;
}

/** Longer than any client keeps an idle connection, so that it is never closed under a request. */
const KEEP_ALIVE_MS = 120_000;
/** For the other side to close in its turn, once it was taken leave of. */
const LEAVE_MS = 1000;
/**
 * The last words on a connection without a request. A router that sent one meanwhile takes them for its answer, and
 * gives the request to another replica; one that did not closes the connection.
 */
const GOOD_BYE = [
  'HTTP/1.1 503 Service Unavailable',
  `${NOT_EXECUTED_HEADER}: draining`,
  'connection: close',
  'content-length: 0',
  '\r\n',
].join('\r\n');
const NOT_FOUND =
  'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.';
/** What paths answer to, GET included; /score takes more when its run() is of raw requests. */
const METHODS: Readonly<Record<string, readonly string[]>> = {
  '/': ['GET', 'HEAD', 'OPTIONS'],
  '/score': ['GET', 'HEAD', 'OPTIONS', 'POST'],
  '/swagger.json': ['GET', 'HEAD', 'OPTIONS'],
};

type Refusal = 'starting' | 'draining' | 'busy';

export class Front implements Handler {
  readonly server: Server;
  readonly #parts: FrontParts;
  readonly #connections: ClientConnections;
  #state: ReplicaReport['state'] = 'starting';
  #inFlight = 0;
  #hasLingered = false;
  #swagger: Swagger | null = null;

  constructor(parts: FrontParts) {
    this.#parts = parts;
    // A body may take as long as its request; how long an answer takes is the scoring timeout's affair.
    const limits = {
      ...CLIENT_LIMITS,
      keepAliveMs: KEEP_ALIVE_MS,
      heldBodyMs: parts.scoringTimeoutMs,
      stalledMs: parts.scoringTimeoutMs,
    };
    this.#connections = new ClientConnections({ handler: this, clock: parts.clock, limits });
    // An answer is still written after the client said that it sends no more.
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#connections.add(socket));
  }

  ready(swagger: Swagger): void {
    this.#swagger = swagger;
    if (this.#state === 'starting') {
      this.#state = 'ready';
    }
  }

  /**
   * Is not ready any more, and ends each connection with its next answer. It serves on while it lingers, because
   * routers learn only now that it leaves and others may not have room yet; then it refuses what comes.
   */
  drain(): void {
    if (this.#state === 'draining') {
      return;
    }
    const lingerMs = this.#state === 'ready' ? this.#parts.lingerMs : 0;
    this.#state = 'draining';
    this.#connections.announceLeaving();
    if (lingerMs === 0) {
      this.#hasLingered = true;
      this.#endIfDrained();
      return;
    }
    this.#parts.clock.after(lingerMs, () => {
      this.#hasLingered = true;
      this.#endIfDrained();
    });
  }

  /** For when it has drained: takes no more connections, and takes leave of those that are left. */
  close(): void {
    this.server.close();
    this.#connections.closeIdle(GOOD_BYE);
    this.#parts.clock.after(LEAVE_MS, () => this.#connections.destroy());
  }

  get report(): ReplicaReport {
    const { replica, pool } = this.#parts;
    return {
      replica,
      pid: process.pid,
      state: this.#state,
      inFlight: this.#inFlight,
      ...pool.report,
      failure: null,
    };
  }

  open(client: Client): Exchange | null {
    const { method, target, parser } = client.head;
    const mark = target.indexOf('?');
    const path = (mark === -1 ? target : target.slice(0, mark)).replaceAll(/\/{2,}/g, '/');
    if (path.startsWith('/-/')) {
      this.#control(path, method, client);
      return null;
    }
    const allowed = METHODS[path];
    if (allowed === undefined) {
      say(client, 404, {}, NOT_FOUND);
      return null;
    }
    if (!allowed.includes(method)) {
      say(client, 405, {}, NO_METHOD);
      return null;
    }
    const fields = new Fields(parser.fields());
    const { answer: ids, tooLong } = requestIds(fields);
    const headers = Object.assign(ids, this.#parts.cors.headers(method, fields));
    const query = mark === -1 ? '' : target.slice(mark + 1);
    if (tooLong !== null) {
      say(client, 431, headers, tooLong);
    } else if (path === '/score') {
      return this.#score(client, { method, path, query, fields, remote: client.remoteAddress }, headers);
    } else if (method === 'OPTIONS') {
      reply(client, 200, { ...headers, ...HTML_TYPE, allow: allowed.join(', ') });
    } else if (path === '/') {
      this.#health(client, headers);
    } else {
      this.#describe(client, headers, new URLSearchParams(query).get('version'));
    }
    return null;
  }

  failed(error: unknown): void {
    this.#parts.log(`A request failed: ${error instanceof Error ? error.stack : String(error)}`);
  }

  #control(path: string, method: string, client: Client): void {
    if (path === REPLICA_CONTROL.report && method === 'GET') {
      reply(client, 200, JSON_TYPE, JSON.stringify(this.report));
    } else if (path === REPLICA_CONTROL.ready && method === 'GET') {
      reply(client, this.#state === 'ready' ? 200 : 503, {});
    } else if (path === REPLICA_CONTROL.drain && method === 'POST') {
      reply(client, 202, {});
      this.drain();
    } else {
      reply(client, 404, {});
    }
  }

  #health(client: Client, headers: Headers): void {
    if (this.#state === 'starting') {
      reply(client, 503, { ...headers, 'content-type': 'text/plain' }, 'Starting');
    } else {
      reply(client, 200, { ...headers, ...HTML_TYPE }, 'Healthy');
    }
  }

  #describe(client: Client, headers: Headers, version: string | null): void {
    if (this.#swagger === null) {
      this.#refuse(client, headers, 'starting');
      return;
    }
    const answer = this.#swagger(version ?? DEFAULT_VERSION);
    switch (answer.outcome) {
      case 'document':
        reply(client, 200, { ...headers, ...JSON_TYPE, [FAILED]: 'False' }, answer.text);
        return;
      case 'unknown':
        say(client, 404, headers, answer.message);
        return;
      case 'broken':
        this.#parts.log(`swagger.json can't be made: ${answer.message}`);
        say(client, 500, headers, INTERNAL);
    }
  }

  #score(client: Client, source: Source, headers: Headers): Exchange | null {
    const { method, fields } = source;
    const { pool, quarantine, scoringTimeoutMs, log } = this.#parts;
    if ((method === 'OPTIONS' || method === 'HEAD') && !this.#isForRun(method, fields)) {
      const [status, type] = method === 'OPTIONS' ? [200, HTML_TYPE] : [405, JSON_TYPE];
      reply(client, status, { ...headers, ...type, [FAILED]: 'False' });
      return null;
    }
    if (method === 'POST' && pool.entry?.mode === 'json' && !isJson(fields.get('content-type'))) {
      say(client, 415, headers, 'Expects Content-Type to be application/json');
      return null;
    }
    const refusal = this.#refusal();
    if (refusal !== null) {
      this.#refuse(client, headers, refusal);
      return null;
    }
    this.#inFlight += 1;
    const over = (): void => {
      this.#inFlight -= 1;
      this.#endIfDrained();
    };
    return new ScoringExchange({ client, pool, quarantine, source, headers, scoringTimeoutMs, log, over });
  }

  /** A preflight is answered without a key, and so never by the script. */
  #isForRun(method: string, fields: Fields): boolean {
    return this.#parts.pool.entry?.mode === 'raw' && !isPreflight(method, fields);
  }

  #refuse(client: Client, headers: Headers, refusal: Refusal): void {
    const told = { ...headers, [NOT_EXECUTED_HEADER]: refusal };
    say(client, 503, told, `This replica takes no request now: it is ${refusal}.`);
  }

  #refusal(): Refusal | null {
    if (this.#state === 'starting') {
      return 'starting';
    }
    if (this.#state !== 'ready' && this.#hasLingered) {
      return 'draining';
    }
    return this.#inFlight >= this.#parts.maxConcurrentRequests ? 'busy' : null;
  }

  #endIfDrained(): void {
    if (this.#hasLingered && this.#inFlight === 0) {
      // After the answer that made it so has been handed to the system.
      setImmediate(this.#parts.drained);
    }
  }
}

/** application/json and the kinds that are made of it, as application/geo+json. RFC 6839. */
function isJson(contentType = ''): boolean {
  const type = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  return type === 'application/json' || (type.startsWith('application/') && type.endsWith('+json'));
}
