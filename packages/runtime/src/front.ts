/** The HTTP side of a replica: the scoring contract, and what those who run it ask. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { DEADLINE_HEADER, NOT_EXECUTED_HEADER, REPLICA_CONTROL, type ReplicaReport } from '@farled/contract';
import type { Clock } from '@farled/service';

import { FAILED, HTML_TYPE, INTERNAL, JSON_TYPE, NO_METHOD, say, sendScored } from './answer.ts';
import { Connections } from './connections.ts';
import { type Cors, isPreflight } from './cors.ts';
import type { Pool } from './pool.ts';
import { type Headers, requestIds } from './request-ids.ts';
import { DEFAULT_VERSION, type Swagger } from './swagger/swagger.ts';
import { workerRequest } from './worker-request.ts';

export interface FrontParts {
  readonly replica: string;
  readonly pool: Pool;
  readonly scoringTimeoutMs: number;
  readonly maxConcurrentRequests: number;
  readonly cors: Cors;
  readonly log: (line: string) => void;
  /** How long it still serves once it drains. */
  readonly lingerMs: number;
  readonly clock: Clock;
  /** Called once, when it drains, nothing is left and nothing comes any more. */
  readonly drained: () => void;
}

/** anchors: the front of the original container. */
const LARGEST_BODY_BYTES = 100 * 1024 * 1024;
/** Longer than any client keeps an idle connection, so that it is never closed under a request. */
const KEEP_ALIVE_MS = 120_000;
const NOT_FOUND =
  'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.';
/** What paths answer to, GET included; /score takes more when its run() is of raw requests. */
const METHODS: Readonly<Record<string, readonly string[]>> = {
  '/': ['GET', 'HEAD', 'OPTIONS'],
  '/score': ['GET', 'HEAD', 'OPTIONS', 'POST'],
  '/swagger.json': ['GET', 'HEAD', 'OPTIONS'],
};

type Refusal = 'starting' | 'draining' | 'busy';

/** Where a request goes: the path and what is behind its question mark. */
interface Target {
  readonly path: string;
  readonly query: string;
}

export class Front {
  readonly server: Server;
  readonly #parts: FrontParts;
  readonly #connections: Connections;
  #state: ReplicaReport['state'] = 'starting';
  #inFlight = 0;
  #hasLingered = false;
  #swagger: Swagger | null = null;

  constructor(parts: FrontParts) {
    this.#parts = parts;
    this.server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 }, (request, response) => {
      this.#connections.note(response);
      this.#answer(request, response).catch(() => response.destroy());
    });
    this.#connections = new Connections(this.server);
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
    this.#connections.announceEnd();
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
    this.#connections.close(this.#parts.clock);
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

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const mark = url.indexOf('?');
    const path = (mark === -1 ? url : url.slice(0, mark)).replaceAll(/\/{2,}/g, '/');
    if (path.startsWith('/-/')) {
      this.#control(path, method, response);
      return;
    }
    const allowed = METHODS[path];
    if (allowed === undefined) {
      say(response, 404, {}, NOT_FOUND);
      return;
    }
    if (!allowed.includes(method)) {
      say(response, 405, {}, NO_METHOD);
      return;
    }
    const { answer: ids, tooLong } = requestIds(request);
    const headers = Object.assign(ids, this.#parts.cors.headers(method, request.headers));
    if (tooLong !== null) {
      say(response, 431, headers, tooLong);
    } else if (path === '/score') {
      await this.#score(request, response, headers, { path, query: mark === -1 ? '' : url.slice(mark + 1) });
    } else if (method === 'OPTIONS') {
      response.writeHead(200, { ...headers, ...HTML_TYPE, allow: allowed.join(', '), 'content-length': 0 }).end();
    } else if (path === '/') {
      this.#health(response, headers);
    } else {
      this.#describe(response, headers, new URLSearchParams(url.slice(path.length)).get('version'));
    }
  }

  #control(path: string, method: string, response: ServerResponse): void {
    if (path === REPLICA_CONTROL.report && method === 'GET') {
      response.writeHead(200, JSON_TYPE).end(JSON.stringify(this.report));
    } else if (path === REPLICA_CONTROL.ready && method === 'GET') {
      response.writeHead(this.#state === 'ready' ? 200 : 503).end();
    } else if (path === REPLICA_CONTROL.drain && method === 'POST') {
      response.writeHead(202).end();
      this.drain();
    } else {
      response.writeHead(404).end();
    }
  }

  #health(response: ServerResponse, headers: Headers): void {
    if (this.#state === 'starting') {
      response.writeHead(503, { ...headers, 'content-type': 'text/plain' }).end('Starting');
    } else {
      response.writeHead(200, { ...headers, ...HTML_TYPE, 'content-length': 7 }).end('Healthy');
    }
  }

  #describe(response: ServerResponse, headers: Headers, version: string | null): void {
    if (this.#swagger === null) {
      this.#refuse(response, headers, 'starting');
      return;
    }
    const answer = this.#swagger(version ?? DEFAULT_VERSION);
    switch (answer.outcome) {
      case 'document':
        response
          .writeHead(200, {
            ...headers,
            ...JSON_TYPE,
            'content-length': Buffer.byteLength(answer.text),
            [FAILED]: 'False',
          })
          .end(answer.text);
        return;
      case 'unknown':
        say(response, 404, headers, answer.message);
        return;
      case 'broken':
        this.#parts.log(`swagger.json can't be made: ${answer.message}`);
        say(response, 500, headers, INTERNAL);
    }
  }

  async #score(request: IncomingMessage, response: ServerResponse, headers: Headers, target: Target): Promise<void> {
    const { method, headers: asked } = request;
    if ((method === 'OPTIONS' || method === 'HEAD') && !this.#isForRun(request)) {
      const [status, type] = method === 'OPTIONS' ? [200, HTML_TYPE] : [405, JSON_TYPE];
      response.writeHead(status, { ...headers, ...type, 'content-length': 0, [FAILED]: 'False' }).end();
      return;
    }
    if (method === 'POST' && this.#parts.pool.entry?.mode === 'json' && !isJson(asked['content-type'])) {
      request.resume();
      say(response, 415, headers, 'Expects Content-Type to be application/json');
      return;
    }
    const refusal = this.#refusal();
    if (refusal !== null) {
      this.#refuse(response, headers, refusal);
      return;
    }
    this.#inFlight += 1;
    try {
      await this.#execute(request, response, headers, target);
    } finally {
      this.#inFlight -= 1;
      this.#endIfDrained();
    }
  }

  /** A preflight is answered without a key, and so never by the script. */
  #isForRun({ method = '', headers }: IncomingMessage): boolean {
    return this.#parts.pool.entry?.mode === 'raw' && !isPreflight(method, headers);
  }

  #refuse(response: ServerResponse, headers: Headers, refusal: Refusal): void {
    response.setHeader(NOT_EXECUTED_HEADER, refusal);
    say(response, 503, headers, `This replica takes no request now: it is ${refusal}.`);
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

  async #execute(request: IncomingMessage, response: ServerResponse, headers: Headers, target: Target): Promise<void> {
    const body = await readBody(request);
    if (body === 'too large') {
      response.setHeader('connection', 'close');
      say(response, 413, headers, `The body must not have more than ${LARGEST_BODY_BYTES} bytes.`);
      return;
    }
    const { pool } = this.#parts;
    const gone = new AbortController();
    response.once('close', () => gone.abort(new Error('the client closed the connection')));
    const deadline = Number(request.headers[DEADLINE_HEADER]);
    const cancel = Number.isFinite(deadline) ? AbortSignal.timeout(Math.max(1, deadline)) : null;
    const signal = cancel === null ? gone.signal : AbortSignal.any([gone.signal, cancel]);
    const scored = await pool.score(workerRequest(pool.entry?.mode ?? 'text', request, target, body), signal);
    await sendScored(response, headers, scored, this.#parts);
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

async function readBody(request: IncomingMessage): Promise<Buffer[] | 'too large'> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY_BYTES) {
      return 'too large';
    }
    chunks.push(chunk);
  }
  return chunks;
}
