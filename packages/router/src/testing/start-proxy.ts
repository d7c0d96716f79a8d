/** The data plane in this process for tests, before one real replica, and clients that send it bytes. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { RouterStatistics, ServiceRoute } from '@farled/contract';
import { CLIENT_LIMITS, type ClientLimits } from '@farled/http';
import { silentLogger, systemClock } from '@farled/service';

import { Deadlines } from '../proxy/deadlines.ts';
import { Proxy } from '../proxy/proxy.ts';
import { Refusals } from '../refusals.ts';
import { ScoringServer } from '../scoring-server.ts';
import { Services } from '../services.ts';
import type { CertificateFiles } from '../tls/certificate-files.ts';

interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface TestProxy extends AsyncDisposable {
  readonly port: number;
  readonly server: ScoringServer;
  /** What the replica was sent. */
  readonly seen: SeenRequest[];
  statistics(): RouterStatistics['services'][number] | undefined;
  client(): Promise<TestClient>;
}

interface TestClient {
  readonly socket: Socket;
  /** All that came, a character for each byte. */
  readonly received: string;
  /** Of the answers that came. */
  readonly statuses: readonly number[];
  send(bytes: string | Buffer): void;
  /** Resolves when the router ended the connection. */
  readonly closed: Promise<void>;
  /** @throws when it does not come to hold in time. */
  until(holds: () => boolean): Promise<void>;
}

export interface TestProxyOptions {
  readonly limits?: Partial<ClientLimits>;
  readonly route?: Partial<ServiceRoute>;
  /** With them, the port speaks TLS. */
  readonly certificates?: CertificateFiles;
  readonly answer?: (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;
  /** Of the replica; says «ok» when it is absent. */
  readonly onConnection?: (socket: Socket) => void;
}

const DEADLINE_MS = 10_000;

/** One service, «test», open to all. */
export async function startProxy(options: TestProxyOptions = {}): Promise<TestProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'farled-proxy-'));
  const path = join(folder, 'replica');
  const seen: SeenRequest[] = [];
  const answer = options.answer ?? ((_request, response) => response.end('ok'));
  const replica = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', () => {
      const { method = '', url = '', headers, rawHeaders } = request;
      const body = Buffer.concat(chunks);
      seen.push({ method, url, headers, rawHeaders, body: body.toString('latin1') });
      answer(request, response, body);
    });
  });
  if (options.onConnection !== undefined) {
    replica.removeAllListeners('connection').on('connection', options.onConnection);
  }
  replica.listen(path);
  await once(replica, 'listening');

  const deadlines = new Deadlines(systemClock);
  const services = new Services({ clock: systemClock, deadlines, log: silentLogger, random: Math.random });
  const route: ServiceRoute = {
    name: 'test',
    workspace: 'ws',
    keyDigests: null,
    tokens: null,
    maxConcurrentRequestsPerContainer: 10,
    maxQueueWaitMs: 2000,
    scoringTimeoutMs: 5000,
    replicas: [{ id: 'a', revision: 'r', address: { kind: 'unix', path } }],
    desiredReplicas: 1,
    scaling: 'as many as the test says',
    ...options.route,
  };
  services.apply({ generation: 1, services: [route], endpoints: [] });
  const proxy = new Proxy({
    services,
    refusals: new Refusals(),
    knowsAll: () => true,
    clock: systemClock,
    deadlines,
    log: silentLogger,
  });
  const server = new ScoringServer({
    handler: proxy,
    clock: systemClock,
    limits: { ...CLIENT_LIMITS, ...options.limits },
    certificates: options.certificates,
  });
  const { port } = await server.listen(0, '127.0.0.1');
  const clients: Socket[] = [];
  return {
    port,
    server,
    seen,
    statistics: () => [...services.all()][0]?.statistics,
    client: async () => {
      const client = await startClient(port);
      clients.push(client.socket);
      return client;
    },
    [Symbol.asyncDispose]: async () => {
      clients.forEach((socket) => socket.destroy());
      server.destroy();
      await server.close();
      services.close();
      replica.close();
      replica.closeAllConnections();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function startClient(port: number): Promise<TestClient> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => {});
  await once(socket, 'connect');
  let received = '';
  const changes = new Set<() => void>();
  const changed = (): void => changes.forEach((change) => change());
  const closed = Promise.withResolvers<void>();
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
    changed();
  });
  socket.on('close', () => {
    closed.resolve();
    changed();
  });
  const statuses = (): number[] => [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  return {
    socket,
    get received() {
      return received;
    },
    get statuses() {
      return statuses();
    },
    send: (bytes) => void (typeof bytes === 'string' ? socket.write(bytes, 'latin1') : socket.write(bytes)),
    closed: closed.promise,
    until: (holds) =>
      new Promise((resolve, reject) => {
        const cancel = systemClock.after(DEADLINE_MS, () => {
          changes.delete(check);
          reject(new Error(`It did not come to hold; received was ${JSON.stringify(received.slice(-500))}`));
        });
        const check = (): void => {
          if (holds()) {
            changes.delete(check);
            cancel();
            resolve();
          }
        };
        changes.add(check);
        check();
      }),
  };
}
