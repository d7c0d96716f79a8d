/**
 * The router beside nginx and HAProxy, and beside what one would write first with Node, all before the same two replicas,
 * which answer at once: what is measured is the way there and back. The router also authenticates, admits, accounts and
 * balances by load; the others do none of it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { compare, type Row } from '../harness/compare.ts';
import { load } from '../harness/load.ts';
import { benchmarkOptions } from '../harness/options.ts';
import { writePage } from '../harness/page/page.ts';
import { measureAdded } from './added.ts';
import { KEY, PATH, putTable, startRouters, tableChangeMs, tableOf } from './farled.ts';
import { startHaproxy, startNginxProxy, startReplicas, startUndiciProxy } from './peers.ts';
import { type Measurements, NAMES, pageOf, figuresOf } from './report.ts';

const CONNECTIONS = 16;
const SECONDS = 3;
const ROUNDS = 5;
/** The published figure of the router that this one replaces is for this rate. */
const PER_SECOND = 5000;
const MANY = 10_000;
const BODY = '{"data": [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]}';

const { json, write } = benchmarkOptions(process.argv);
await using ending = new AsyncDisposableStack();
const folder = await mkdtemp(join(tmpdir(), 'farled-bench-'));
ending.defer(() => rm(folder, { recursive: true, force: true }));

const { paths: replicas, port: direct } = await startReplicas(folder, ending);
const nginx = await startNginxProxy(folder, replicas, ending);
const haproxy = await startHaproxy(folder, replicas, ending);
const undici = await startUndiciProxy(replicas, ending);
const one = await startRouters(folder, 'one', 1, ending);
const many = await startRouters(folder, 'many', 1, ending);
const two = await startRouters(folder, 'two', 2, ending);
await putTable(one, tableOf(1, replicas));
await putTable(many, tableOf(MANY, replicas));

const added = await measureAdded({
  direct,
  proxied: one.port,
  request: Buffer.from(
    `POST ${PATH} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer ${KEY}\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
  ),
  perSecond: PER_SECOND,
  connections: CONNECTIONS,
  seconds: SECONDS,
  rounds: ROUNDS,
});
const tableChangeManyMs = await tableChangeMs(two, replicas, MANY);
const changes = { added, tableChangeManyMs, tableChangeMs: await tableChangeMs(two, replicas, 1) };

const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
const measure =
  (port: number, ...pids: readonly number[]) =>
  () =>
    load({
      url: `http://127.0.0.1:${port}${PATH}`,
      connections: CONNECTIONS,
      seconds: SECONDS,
      folder,
      body: BODY,
      headers,
      pids,
    });
const measurements = (rows: readonly Row[]): Measurements => ({ ...changes, rows });
const rows = await compare(
  [
    { name: NAMES.farled, measure: measure(one.port, ...one.pids) },
    { name: NAMES.many, measure: measure(many.port, ...many.pids) },
    { name: NAMES.two, measure: measure(two.port, ...two.pids) },
    { name: NAMES.nginx, measure: measure(nginx.port, nginx.pid) },
    { name: NAMES.haproxy, measure: measure(haproxy.port, haproxy.pid) },
    { name: NAMES.undici, measure: measure(undici.port, undici.pid) },
    { name: NAMES.direct, measure: measure(direct) },
  ],
  {
    title: `Routing: ${CONNECTIONS} connections, ${BODY.length} bytes of body`,
    rounds: ROUNDS,
    json,
    figures: (all) => Object.fromEntries(figuresOf(measurements(all)).map(({ name, value }) => [name, value])),
  },
);
if (write) {
  await writePage('routing', pageOf(measurements(rows)));
}
