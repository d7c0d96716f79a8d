/**
 * A test double of a Farled server: real HTTP, the contract's own schemas on both sides of each route, memory behind
 * them. Tests of the SDK and of the CLI share it; journeys against the real server are in e2e/.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { BYTES, errorToWire, FarledError, parseOrThrow, PREFIX, routes, type Route } from '@farled/contract';

import { createHandlers, type Answer } from './handlers.ts';
import { emptyState, type TestState } from './state.ts';

export interface SeenRequest {
  readonly operationId: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** Called before a request is answered; what it returns is sent in place of the answer. */
export type Interception = (request: SeenRequest, count: number) => Answer | 'hang up' | undefined;

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  readonly state: TestState;
  readonly seen: SeenRequest[];
  intercept: Interception | undefined;
  /** Answers of `/api/v1/service/<name>/score`. */
  onScore: (body: string) => Answer;
}

const TOKEN = 'test-token';
const ALL: readonly Route[] = Object.values(routes).flatMap((group): Route[] => Object.values(group));

export async function startTestServer(): Promise<TestServer> {
  const state = emptyState();
  const seen: SeenRequest[] = [];
  const handlers = createHandlers(state, () => double.url) as unknown as Readonly<
    Record<string, (input: unknown) => Answer | Promise<Answer>>
  >;

  const answer = async (request: IncomingMessage): Promise<readonly [Route | undefined, Answer | 'hang up']> => {
    const url = new URL(request.url ?? '/', 'http://test');
    const scoring = /^\/api\/v1\/service\/([^/]+)\/score$/.exec(url.pathname);
    if (scoring !== null) {
      return [undefined, await scoreAnswer(request, scoring[1] ?? '')];
    }
    const found = findRoute(request.method ?? 'GET', url.pathname);
    if (found === undefined) {
      throw new FarledError('RouteNotFound', `There is no route ${request.method} ${url.pathname}.`);
    }
    const { route, params } = found;
    const body = route.body === BYTES ? await readBytes(request, params['sha256'] ?? '') : await readJson(request);
    const entry = {
      operationId: route.operationId,
      method: route.method,
      url: request.url ?? '',
      headers: request.headers,
      body,
    };
    seen.push(entry);
    const count = seen.filter((one) => one.operationId === route.operationId).length;
    const instead = double.intercept?.(entry, count);
    if (instead !== undefined) {
      return [undefined, instead];
    }
    if (route.open !== true && request.headers.authorization !== `Bearer ${TOKEN}`) {
      throw new FarledError('Unauthorized', 'The bearer token is missing or not valid.');
    }
    const input = {
      params: route.params === undefined ? undefined : parseOrThrow(route.params, params, 'The path'),
      query: route.query === undefined ? undefined : parseOrThrow(route.query, queryOf(url), 'The query'),
      body:
        route.body === undefined || route.body === BYTES ? body : parseOrThrow(route.body, body, 'The request body'),
    };
    const handler = handlers[route.operationId];
    if (handler === undefined) {
      throw new FarledError('NotSupportedYet', `The test double has no ${route.operationId}.`);
    }
    return [route, await handler(input)];
  };

  const scoreAnswer = async (request: IncomingMessage, name: string): Promise<Answer> => {
    const { tokenAuthEnabled = false } = state.services.get(name)?.settings ?? {};
    const right = tokenAuthEnabled ? [state.tokens.get(name)] : Object.values(state.keys.get(name) ?? {});
    const body = (await readAll(request)).toString();
    const valid = right.some((one) => request.headers.authorization === `Bearer ${one}`);
    return valid ? double.onScore(body) : [401, { message: 'The key is not valid.' }];
  };

  const server = createServer((request, response) => {
    void answer(request)
      .then(([route, given]) => send(response, route, given))
      .catch((error: unknown) => {
        const wire = errorToWire(error);
        write(response, wire.statusCode, wire);
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const double: TestServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: TOKEN,
    state,
    seen,
    intercept: undefined,
    onScore: () => [200, [42]],
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return double;
}

function send(response: ServerResponse, route: Route | undefined, given: Answer | 'hang up'): void {
  if (given === 'hang up') {
    response.destroy();
    return;
  }
  const [status, body] = given;
  if (route === undefined) {
    write(response, status, body);
    return;
  }
  const schema = route.responses[status];
  if (schema === undefined || schema === null || schema === BYTES) {
    response.writeHead(status).end(body);
    return;
  }
  write(response, status, parseOrThrow(schema, body, `The answer of ${route.operationId}`));
}

function write(response: ServerResponse, status: number, body: unknown): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json' }).end(text);
}

function findRoute(method: string, path: string): { route: Route; params: Record<string, string> } | undefined {
  for (const route of ALL) {
    const pattern = new RegExp(`^${PREFIX}${route.path.replaceAll(/:([A-Za-z0-9]+)/g, '(?<$1>[^/]+)')}$`);
    const match = route.method === method ? pattern.exec(path) : null;
    if (match !== null) {
      const groups = Object.entries(match.groups ?? {});
      return { route, params: Object.fromEntries(groups.map(([name, value]) => [name, decodeURIComponent(value)])) };
    }
  }
  return undefined;
}

function queryOf(url: URL): Record<string, string | string[]> {
  const names = [...new Set(url.searchParams.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const values = url.searchParams.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = (await readAll(request)).toString();
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}

/** The bytes again, after their digest was checked. */
async function readBytes(request: IncomingMessage, sha256: string): Promise<AsyncIterable<Uint8Array>> {
  const bytes = await readAll(request);
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
    throw new FarledError('ArtifactDigestMismatch', `The bytes do not have the SHA-256 ${sha256}.`);
  }
  return ReadableStream.from([bytes]);
}
