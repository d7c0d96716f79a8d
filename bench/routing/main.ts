/**
 * The router beside nginx, and beside what one would write first with Node, all before the same two replicas, which
 * answer at once: what is measured is the way there and back. The router also authenticates, admits, accounts and
 * balances by load; the others do none of it.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { createRouterControl, routerEntry } from '@farled/router';

import { compare } from '../harness/compare.ts';
import { load } from '../harness/load.ts';
import { loadPaced, type PacedResult } from '../harness/paced.ts';
import { eventually, freePort, start } from '../harness/process.ts';
import { program } from '../harness/tools.ts';

const CONNECTIONS = 16;
const SECONDS = 3;
const ROUNDS = 5;
/** The published figure of the router that this one replaces is for this rate. */
const PER_SECOND = 5000;
const KEY = 'bench-key-0123456789';
const PATH = '/api/v1/service/bench/score';
const BODY = '{"data": [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]}';

await using ending = new AsyncDisposableStack();
const folder = await mkdtemp(join(tmpdir(), 'farled-bench-'));
ending.defer(() => rm(folder, { recursive: true, force: true }));
const [direct, proxied, plain] = [await freePort(), await freePort(), await freePort()];
const replicas = ['a', 'b'].map((name) => join(folder, `${name}.sock`));

await writeFile(
  join(folder, 'nginx.conf'),
  `
daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  access_log off; client_body_temp_path ${folder}; proxy_temp_path ${folder}; keepalive_requests 1000000000;
  fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  ${replicas.map((path) => `server { listen unix:${path}; location / { default_type application/json; return 200 '[6141.16]'; } }`).join('\n  ')}
  server { listen 127.0.0.1:${direct}; location / { default_type application/json; return 200 '[6141.16]'; } }
}`,
);
await writeFile(
  join(folder, 'proxy.conf'),
  `
daemon off; worker_processes 1; pid ${folder}/proxy.pid; error_log ${folder}/proxy.log;
events { worker_connections 1024; }
http {
  access_log off; client_body_temp_path ${folder}; proxy_temp_path ${folder}; keepalive_requests 1000000000;
  fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  upstream replicas { least_conn; ${replicas.map((path) => `server unix:${path};`).join(' ')} keepalive 64; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${proxied};
    location / { proxy_pass http://replicas; proxy_http_version 1.1; proxy_set_header Connection ''; }
  }
}`,
);
const nginx = program('nginx', 'nginx-light');
ending.use(start(nginx, ['-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')]));
const proxy = ending.use(start(nginx, ['-e', join(folder, 'proxy.log'), '-c', join(folder, 'proxy.conf')]));
const undici = ending.use(
  start(process.execPath, [
    ...process.execArgv,
    fileURLToPath(new URL('undici-proxy.ts', import.meta.url)),
    String(plain),
    ...replicas,
  ]),
);

const socket = join(folder, 'router.sock');
const router = ending.use(
  start(process.execPath, [...process.execArgv, fileURLToPath(routerEntry)], {
    env: {
      ...process.env,
      FARLED_ROUTER_PORT: '0',
      FARLED_ROUTER_CONTROL: socket,
      FARLED_ROUTER_TABLE: join(folder, 'routes.json'),
      FARLED_ROUTER_LOG: join(folder, 'router.log'),
    },
  }),
);
const control = createRouterControl(socket);
const { listening } = await eventually('The start of the router', () => control.statistics(AbortSignal.timeout(1000)));
await control.putTable(
  {
    generation: 1,
    endpoints: [],
    services: [
      {
        name: 'bench',
        workspace: 'bench',
        keyDigests: [createHash('sha256').update(KEY).digest('hex')],
        tokens: null,
        maxConcurrentRequestsPerContainer: 100,
        maxQueueWaitMs: 5000,
        scoringTimeoutMs: 60_000,
        replicas: replicas.map((path, index) => ({
          id: String(index),
          revision: '1',
          address: { kind: 'unix', path },
        })),
        desiredReplicas: 2,
        scaling: '2 replicas as numReplicas says',
      },
    ],
  },
  AbortSignal.timeout(5000),
);

const request = Buffer.from(
  `POST ${PATH} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer ${KEY}\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
);
const paced = (port: number): Promise<PacedResult> =>
  loadPaced({ port, request, perSecond: PER_SECOND, connections: CONNECTIONS, seconds: SECONDS });
const [without, through]: [PacedResult[], PacedResult[]] = [[], []];
for (let round = 0; round <= ROUNDS; round += 1) {
  without.push(await paced(direct));
  through.push(await paced(listening.port));
}
/** Of the best round of each: whatever else the machine does only ever adds. */
const added = (read: (result: PacedResult) => number): number =>
  Math.min(...through.map(read)) - Math.min(...without.map(read));

const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
const measure = (port: number, pid?: number) => () =>
  load({
    url: `http://127.0.0.1:${port}${PATH}`,
    connections: CONNECTIONS,
    seconds: SECONDS,
    folder,
    body: BODY,
    headers,
    pid,
  });
await compare(
  [
    { name: 'Farled router', measure: measure(listening.port, router.child.pid) },
    { name: 'nginx, 1 worker, least_conn', measure: measure(proxied, proxy.child.pid) },
    { name: 'node:http and undici', measure: measure(plain, undici.child.pid) },
    { name: 'replica, without a proxy (limit)', measure: measure(direct) },
  ],
  {
    title: `Routing: ${CONNECTIONS} connections, ${BODY.length} bytes of body`,
    rounds: ROUNDS,
    json: process.argv.includes('--json'),
    // Processor time, because cores are what routers are paid in, and because other programs on the machine change it least.
    figures: ([ours, theirs, first]) => ({
      cpuVsNginx: (ours?.cpuMicroseconds ?? Number.NaN) / (theirs?.cpuMicroseconds ?? Number.NaN),
      // Against the replica itself, at a fixed rate.
      addedMeanMs: added(({ meanMs }) => meanMs),
      addedP99Ms: added(({ p99Ms }) => p99Ms),
      rpsVsUndici: (first?.cpuMicroseconds ?? Number.NaN) / (ours?.cpuMicroseconds ?? Number.NaN),
    }),
  },
);
