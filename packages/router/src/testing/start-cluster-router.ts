/** A router for tests as it runs in a cluster, as a process of its own: with a kept table, and the API server away. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type Agent, createServer, type IncomingHttpHeaders, request, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import type { RouteTable, ServiceRoute } from '@farled/contract';

import { routerEntry } from '../index.ts';

export interface ClusterRouter extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
  readonly healthPort: number;
  readonly exit: Promise<number | null>;
  score(options?: { readonly agent?: Agent; readonly body?: string }): Promise<Answer>;
  health(path: string): Promise<Answer>;
  /** What it keeps on disk. */
  keptTable(): Promise<RouteTable>;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface ClusterRouterOptions {
  readonly kept?: readonly ServiceRoute[];
  /** Text; leads nowhere when not said. */
  readonly kubeconfig?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** Nothing listens at that port. */
const NOWHERE = JSON.stringify({
  'current-context': 'c',
  contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
  users: [{ name: 'u', user: { token: 'token' } }],
});

export async function startClusterRouter(options: ClusterRouterOptions = {}): Promise<ClusterRouter> {
  const folder = await mkdtemp(join(tmpdir(), 'farled-router-'));
  const table = join(folder, 'routes.json');
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, options.kubeconfig ?? NOWHERE, { mode: 0o600 });
  if (options.kept !== undefined) {
    await writeFile(table, JSON.stringify({ generation: 5, services: options.kept }));
  }
  const child = spawn(process.execPath, ['--conditions=@farled/source', fileURLToPath(routerEntry)], {
    stdio: ['ignore', 'inherit', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      FARLED_ROUTER_SOURCE: 'cluster',
      FARLED_ROUTER_HOST: '127.0.0.1',
      FARLED_ROUTER_PORT: '0',
      FARLED_ROUTER_HEALTH_PORT: '0',
      FARLED_ROUTER_TABLE: table,
      FARLED_ROUTER_KUBECONFIG: kubeconfig,
      ...options.variables,
    },
  });
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  const listening = Promise.withResolvers<{ readonly port: number; readonly healthPort: number }>();
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    const said = line.startsWith('{') ? (JSON.parse(line) as { msg: string; port: number; healthPort: number }) : null;
    if (said?.msg === 'Router listens') {
      listening.resolve(said);
    }
  });
  void exit.then((code) => listening.reject(new Error(`The router ended with ${code}:\n${lines.join('\n')}`)));
  const { port, healthPort } = await listening.promise;
  return {
    pid: child.pid ?? 0,
    port,
    healthPort,
    exit,
    score: ({ agent, body = '{}' } = {}) =>
      ask({ port, path: '/api/v1/service/test/score', method: 'POST', body, agent: agent ?? false }),
    health: (path) => ask({ port: healthPort, path, method: 'GET', body: '', agent: false }),
    keptTable: async () => JSON.parse(await readFile(table, 'utf8')) as RouteTable,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await exit;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A replica at a port of this machine, and the route of the service «test» to it alone. */
export async function startTcpReplica(
  answer: RequestListener,
): Promise<AsyncDisposable & { readonly route: ServiceRoute }> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    route: {
      name: 'test',
      workspace: 'ws',
      keyDigests: null,
      tokens: null,
      maxConcurrentRequestsPerContainer: 100,
      maxQueueWaitMs: 2000,
      scoringTimeoutMs: 10_000,
      replicas: [{ id: 'a', revision: '', address: { kind: 'tcp', host: '127.0.0.1', port } }],
      desiredReplicas: 1,
      scaling: 'as many as the test says',
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function ask({
  body,
  ...options
}: {
  readonly port: number;
  readonly path: string;
  readonly method: string;
  readonly body: string;
  readonly agent: Agent | false;
}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', ...options }, (response) => {
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
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
