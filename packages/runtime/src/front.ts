/** The HTTP side of a replica: the scoring contract, and what those who run it ask. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { DEADLINE_HEADER, NOT_EXECUTED_HEADER, REPLICA_CONTROL, type ReplicaReport } from '@farled/contract';
import type { Clock } from '@farled/service';

import { Connections } from './connections.ts';
import { ANSWER, REQUEST } from './frames.ts';
import { describeEnd, type Pool, type Scored } from './pool.ts';
import { requestIds } from './request-ids.ts';

export interface FrontParts {
  readonly replica: string;
  readonly pool: Pool;
  readonly scoringTimeoutMs: number;
  readonly maxConcurrentRequests: number;
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

const FAILED = 'x-ms-run-function-failed';
const JSON_TYPE = { 'content-type': 'application/json' } as const;

type Headers = Readonly<Record<string, string>>;

export class Front {
  readonly server: Server;
  readonly #parts: FrontParts;
  readonly #connections: Connections;
  #state: ReplicaReport['state'] = 'starting';
  #inFlight = 0;
  #hasLingered = false;

  constructor(parts: FrontParts) {
    this.#parts = parts;
    this.server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 }, (request, response) => {
      this.#connections.note(response);
      this.#answer(request, response).catch(() => response.destroy());
    });
    this.#connections = new Connections(this.server);
  }

  ready(): void {
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
    const { answer: ids, tooLong } = requestIds(request.headers);
    if (tooLong !== null) {
      say(response, 431, ids, `The header ${tooLong} must not have more than 100 characters.`, false);
      return;
    }
    switch (path) {
      case '/':
        this.#health(method, response, ids);
        return;
      case '/score':
        await this.#score(request, response, ids, mark === -1 ? '' : url.slice(mark + 1));
        return;
      case '/swagger.json':
        say(response, 501, ids, 'swagger.json is not supported yet.', false);
        return;
      default:
        say(
          response,
          404,
          {},
          'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.',
          false,
        );
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

  #health(method: string, response: ServerResponse, ids: Headers): void {
    if (method !== 'GET' && method !== 'HEAD') {
      notAllowed(response);
    } else if (this.#state === 'starting') {
      response.writeHead(503, { ...ids, 'content-type': 'text/plain' }).end('Starting');
    } else {
      response.writeHead(200, { ...ids, 'content-type': 'text/html; charset=utf-8' }).end('Healthy');
    }
  }

  async #score(request: IncomingMessage, response: ServerResponse, ids: Headers, query: string): Promise<void> {
    switch (request.method) {
      case 'GET':
      case 'POST':
        break;
      case 'OPTIONS':
        response.writeHead(200, { ...ids, 'content-type': 'text/html; charset=utf-8' }).end();
        return;
      case 'HEAD':
        response.writeHead(405, { ...ids, [FAILED]: 'False' }).end();
        return;
      default:
        notAllowed(response);
        return;
    }
    const refusal = this.#refusal();
    if (refusal !== null) {
      response.setHeader(NOT_EXECUTED_HEADER, refusal);
      say(response, 503, ids, `This replica takes no request now: it is ${refusal}.`, false);
      return;
    }
    this.#inFlight += 1;
    try {
      await this.#execute(request, response, ids, query);
    } finally {
      this.#inFlight -= 1;
      this.#endIfDrained();
    }
  }

  #refusal(): 'starting' | 'draining' | 'busy' | null {
    if (this.#state === 'starting') {
      return 'starting';
    }
    if (this.#state !== 'ready' && this.#hasLingered) {
      return 'draining';
    }
    return this.#inFlight >= this.#parts.maxConcurrentRequests ? 'busy' : null;
  }

  async #execute(request: IncomingMessage, response: ServerResponse, ids: Headers, query: string): Promise<void> {
    const isQuery = request.method === 'GET';
    const body = await readBody(request);
    if (body === 'too large') {
      response.setHeader('connection', 'close');
      say(response, 413, ids, `The body must not have more than ${LARGEST_BODY_BYTES} bytes.`, false);
      return;
    }
    const gone = new AbortController();
    response.once('close', () => gone.abort(new Error('the client closed the connection')));
    const deadline = Number(request.headers[DEADLINE_HEADER]);
    const cancel = Number.isFinite(deadline) ? AbortSignal.timeout(Math.max(1, deadline)) : null;
    const signal = cancel === null ? gone.signal : AbortSignal.any([gone.signal, cancel]);
    const scored = await this.#parts.pool.score(
      {
        kind: isQuery ? REQUEST.query : REQUEST.body,
        headers: titled(request.rawHeaders),
        body: isQuery ? [Buffer.from(query)] : body,
      },
      signal,
    );
    this.#send(response, ids, scored);
  }

  #send(response: ServerResponse, ids: Headers, scored: Scored): void {
    switch (scored.outcome) {
      case 'timedOut':
        say(response, 500, ids, `Scoring timeout after ${this.#parts.scoringTimeoutMs} ms`, true);
        return;
      case 'crashed':
        say(
          response,
          500,
          ids,
          `The Python process ended ${describeEnd(scored.end)} while it scored this request.`,
          true,
        );
        return;
      case 'answered':
        break;
    }
    const { kind, milliseconds, body } = scored.frame;
    switch (kind) {
      case ANSWER.ok:
        response
          .writeHead(200, {
            ...ids,
            ...JSON_TYPE,
            'content-length': body.length,
            'x-ms-run-fn-exec-ms': milliseconds.toFixed(3),
            [FAILED]: 'False',
          })
          .end(body);
        return;
      case ANSWER.badInput:
        say(response, 400, ids, `The request body is not text in UTF-8: ${body.toString()}.`, false);
        return;
      case ANSWER.notSerialisable:
        say(response, 500, ids, 'An unexpected internal error occurred. Check the logs for more info.', false);
        return;
      default:
        say(response, 500, ids, 'An unexpected error occurred in scoring script. Check the logs for more info.', true);
    }
  }

  #endIfDrained(): void {
    if (this.#hasLingered && this.#inFlight === 0) {
      // After the answer that made it so has been handed to the system.
      setImmediate(this.#parts.drained);
    }
  }
}

function notAllowed(response: ServerResponse): void {
  say(response, 405, {}, 'The method is not allowed for the requested URL.', false);
}

function say(response: ServerResponse, status: number, ids: Headers, message: string, runFailed: boolean): void {
  response
    .writeHead(status, { ...ids, ...JSON_TYPE, [FAILED]: runFailed ? 'True' : 'False' })
    .end(JSON.stringify({ message }));
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

/** As the script's request_headers has them: «X-Request-Id», repeats joined. anchors: Python's str.title(). */
function titled(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] ?? '')
      .toLowerCase()
      .replaceAll(/[a-z]+/g, (word) => word[0]?.toUpperCase() + word.slice(1));
    const value = raw[index + 1] ?? '';
    if (!name.includes('_')) {
      headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`;
    }
  }
  return headers;
}
