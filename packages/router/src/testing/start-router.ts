/** A real router for tests, as a process of its own, and replicas that do what a test says. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import {
  type Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { RouterStatistics, RouteTable, ServiceRoute } from '@farled/contract';
import { systemClock } from '@farled/service';

import { createRouterControl, type RouterControl, routerEntry } from '../index.ts';

export const KEY = 'the-primary-key';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface Call {
  readonly method?: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** null sends none. */
  readonly key?: string | null;
  readonly signal?: AbortSignal;
  readonly agent?: Agent;
}

interface TestReplica {
  readonly id: string;
  readonly path: string;
  /** Requests it has seen, with their bodies. */
  readonly seen: { readonly headers: IncomingHttpHeaders; readonly url: string; readonly body: Buffer }[];
  close(): Promise<void>;
}

export interface TestRouter extends AsyncDisposable {
  readonly control: RouterControl;
  readonly pid: number;
  call(path: string, options?: Call): Promise<Answer>;
  /** Posts to the service «test» with its key. */
  score(body?: string, options?: Call): Promise<Answer>;
  /** Publishes a table. */
  publish(table: Omit<RouteTable, 'generation'>): Promise<void>;
  /** Publishes a table with the service «test» over these replicas. */
  route(replicas: readonly Pick<TestReplica, 'id' | 'path'>[], changes?: Partial<ServiceRoute>): Promise<void>;
  replica(
    id: string,
    answer: (request: IncomingMessage, response: ServerResponse, body: Buffer) => void,
  ): Promise<TestReplica>;
  statistics(): Promise<RouterStatistics['services'][number] | undefined>;
  refusal(requestId: string): Promise<Record<string, unknown>>;
  kill(): Promise<void>;
  restart(): Promise<void>;
  readonly exit: Promise<number | null>;
}

export async function startRouter(): Promise<TestRouter> {
  const folder = await mkdtemp(join(tmpdir(), 'farled-router-'));
  const socketPath = join(folder, 'control');
  const control = createRouterControl(socketPath);
  const closing: (() => Promise<void>)[] = [];
  let port = 0;
  let generation = 0;

  const launch = async () => {
    const child = spawn(process.execPath, ['--conditions=@farled/source', fileURLToPath(routerEntry)], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        FARLED_ROUTER_PORT: String(port),
        FARLED_ROUTER_CONTROL: socketPath,
        FARLED_ROUTER_TABLE: join(folder, 'routes.json'),
        FARLED_ROUTER_LOG: join(folder, 'log'),
      },
    });
    const exit = once(child, 'exit').then(([code]) => code as number | null);
    const deadline = systemClock.now() + 10_000;
    while (child.exitCode === null && systemClock.now() < deadline) {
      const told = await control.statistics(AbortSignal.timeout(1000)).catch(() => undefined);
      if (told?.pid === child.pid) {
        port = told?.listening.port ?? 0;
        break;
      }
      await systemClock.sleep(10);
    }
    return { child, exit };
  };
  let running = await launch();

  const call = (path: string, options: Call = {}): Promise<Answer> =>
    ask({ port, path, options }, { authorization: options.key === null ? null : `Bearer ${options.key ?? KEY}` });
  return {
    control,
    get pid() {
      return running.child.pid ?? 0;
    },
    call,
    score: (body = '{}', options = {}) => call('/api/v1/service/test/score', { method: 'POST', body, ...options }),
    publish: (table) => control.putTable({ generation: ++generation, ...table }, AbortSignal.timeout(5000)),
    route: (replicas, changes = {}) =>
      control.putTable(
        {
          generation: ++generation,
          endpoints: [],
          services: [
            {
              name: 'test',
              workspace: 'ws',
              keyDigests: [createHash('sha256').update(KEY).digest('hex')],
              tokens: null,
              maxConcurrentRequestsPerContainer: 1,
              maxQueueWaitMs: 2000,
              scoringTimeoutMs: 5000,
              replicas: replicas.map(({ id, path }) => ({ id, revision: 'r', address: { kind: 'unix', path } })),
              desiredReplicas: replicas.length,
              scaling: 'as many as the test says',
              ...changes,
            },
          ],
        },
        AbortSignal.timeout(5000),
      ),
    replica: async (id, answer) => {
      const path = join(folder, `${id}.sock`);
      await rm(path, { force: true });
      const seen: TestReplica['seen'] = [];
      const server = createServer((incoming, response) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', () => {});
        incoming.on('end', () => {
          const body = Buffer.concat(chunks);
          seen.push({ headers: incoming.headers, url: incoming.url ?? '', body });
          answer(incoming, response, body);
        });
      });
      server.listen(path);
      await once(server, 'listening');
      const close = async (): Promise<void> => {
        const closed = once(server, 'close');
        server.close();
        server.closeAllConnections();
        await closed;
      };
      closing.push(() => (server.listening ? close() : Promise.resolve()));
      return { id, path, seen, close };
    },
    statistics: async () => (await control.statistics(AbortSignal.timeout(2000))).services[0],
    refusal: async (requestId) => {
      const { text } = await ask({ socketPath, path: `/refusals/${requestId}`, options: {} }, { authorization: null });
      return JSON.parse(text) as Record<string, unknown>;
    },
    kill: async () => {
      running.child.kill('SIGKILL');
      await running.exit;
    },
    restart: async () => {
      running = await launch();
    },
    get exit() {
      return running.exit;
    },
    [Symbol.asyncDispose]: async () => {
      running.child.kill('SIGKILL');
      await running.exit;
      await Promise.all(closing.map((close) => close()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function ask(
  { path, options, ...where }: { path: string; options: Call; port?: number; socketPath?: string },
  { authorization }: { authorization: string | null },
): Promise<Answer> {
  const { method = 'GET', body, headers = {}, signal, agent } = options;
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        ...where,
        host: '127.0.0.1',
        path,
        method,
        agent: agent ?? false,
        ...(signal === undefined ? {} : { signal }),
        headers: { ...(authorization === null ? {} : { authorization }), ...headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}
