import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { RouteTable } from '@farled/contract';
import { isRunning, silentLogger, systemClock } from '@farled/service';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { routerProcesses } from './router-file.ts';
import { Routers } from './routers.ts';

const PATH = '/api/v1/service/test/score';

let folder: string;
let ending: AsyncDisposableStack;
let replica: string;
/** Requests with this body are held until the test ends. */
const HELD = 'held';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-routers-'));
  ending = new AsyncDisposableStack();
  ending.defer(() => rm(folder, { recursive: true, force: true }));
  replica = join(folder, 'replica.sock');
  const server = createServer((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk) => (body += String(chunk)));
    incoming.on('end', () => {
      if (body !== HELD) {
        response.end('1');
      }
    });
  }).listen(replica);
  await once(server, 'listening');
  ending.defer(() => {
    server.closeAllConnections();
    server.close();
  });
});
afterEach(() => ending.disposeAsync());

async function open(changes: { count?: number; version?: string; port?: number; run?: string } = {}): Promise<Routers> {
  const routers = await Routers.open({
    run: folder,
    logs: folder,
    host: '127.0.0.1',
    port: 0,
    name: null,
    tls: { certs: [], keys: [] },
    count: 2,
    version: '1',
    nodeArguments: ['--conditions=@farled/source'],
    replaced: () => {},
    clock: systemClock,
    log: silentLogger,
    ...changes,
  });
  ending.defer(() => routers.stop(0));
  return routers;
}

function table(generation: number, names: readonly string[] = ['test']): RouteTable {
  return {
    generation,
    endpoints: [],
    services: names.map((name) => ({
      name,
      workspace: 'ws',
      keyDigests: null,
      tokens: null,
      maxConcurrentRequestsPerContainer: 1000,
      maxQueueWaitMs: 5000,
      scoringTimeoutMs: 30_000,
      replicas: [{ id: 'a', revision: 'r', address: { kind: 'unix', path: replica } }],
      desiredReplicas: 1,
      scaling: 'one',
    })),
  };
}

const put = (routers: Routers, generation: number, names?: readonly string[]): Promise<void> =>
  routers.putTable(table(generation, names), AbortSignal.timeout(5000));

const told = (routers: Routers) => routers.statistics(AbortSignal.timeout(5000));

const pids = async (routers: Routers): Promise<readonly number[]> => (await told(routers)).map(({ pid }) => pid);

function score(url: string, body = '{}', path = PATH, agent: Agent | false = false): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(url + path, { method: 'POST', agent }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = systemClock.now() + 20_000;
  while (!(await holds())) {
    expect(systemClock.now()).toBeLessThan(deadline);
    await systemClock.sleep(5);
  }
}

/** Connections that come without a pause, each with one request. */
function storm(url: string) {
  const outcomes = new Map<string, number>();
  const over = new AbortController();
  const one = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const outcome = await score(url).then(String, String);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  };
  const running = Promise.all(Array.from({ length: 32 }, one));
  return {
    answered: () => outcomes.get('200') ?? 0,
    stop: async () => {
      over.abort();
      await running;
      return outcomes;
    },
  };
}

describe('two router processes', () => {
  test('share a port, which no other home can join, and survive each other', async () => {
    const routers = await open();
    await put(routers, 1);
    await Promise.all(Array.from({ length: 64 }, () => score(routers.url)));
    const statistics = await told(routers);
    const answered = statistics.map(({ services }) => services[0]?.answered ?? 0);
    expect(statistics.map(({ listening }) => listening.port)).toEqual(Array(2).fill(Number(new URL(routers.url).port)));
    expect(Math.min(...answered)).toBeGreaterThan(0);
    expect(answered.reduce((sum, count) => sum + count)).toBe(64);
    await put(routers, 2, ['other']);
    const statuses = await Promise.all(Array.from({ length: 32 }, () => score(routers.url)));
    expect(new Set(statuses)).toEqual(new Set([404]));
    const run = await mkdtemp(join(tmpdir(), 'farled-routers-'));
    ending.defer(() => rm(run, { recursive: true, force: true }));
    await expectTaken(run, Number(new URL(routers.url).port));

    // Of one that is killed only its own requests fail, and it comes back with the last table.
    await put(routers, 3);
    const held = Array.from({ length: 16 }, () => score(routers.url, HELD).then(String, () => 'failed'));
    const holding = async () =>
      (await told(routers)).map(({ pid, services }) => ({ pid, inFlight: services[0]?.inFlight ?? 0 }));
    await until(async () => (await holding()).reduce((sum, { inFlight }) => sum + inFlight, 0) === held.length);
    const [victim, survivor] = await holding();
    process.kill(victim?.pid ?? 0, 'SIGKILL');
    await until(async () => !(await pids(routers)).includes(victim?.pid ?? 0));
    await put(routers, 4, ['test', 'other']);
    expect(await score(routers.url)).toBe(200);
    await until(async () => (await told(routers)).length === 2);
    expect((await told(routers)).map(({ generation }) => generation)).toEqual([4, 4]);
    const settled = await Promise.all(
      held.map((one) => Promise.race([one, systemClock.sleep(50).then(() => 'waits')])),
    );
    expect(settled.filter((outcome) => outcome === 'waits')).toHaveLength(survivor?.inFlight ?? -1);
    expect(settled.filter((outcome) => outcome === 'failed')).toHaveLength(victim?.inFlight ?? -1);
  });

  test('are adopted by the next server, also when it wants fewer, and succeeded when it is of another version', async () => {
    const first = await open();
    await put(first, 1);
    const [before, port] = [await pids(first), Number(new URL(first.url).port)];
    await first[Symbol.asyncDispose]();
    const second = await open({ port });
    expect([await pids(second), second.url]).toEqual([before, first.url]);
    await second[Symbol.asyncDispose]();
    const third = await open({ port, count: 1 });
    expect(new Set(await pids(third))).toEqual(new Set(before));
    expect(await score(third.url)).toBe(200);
    await third[Symbol.asyncDispose]();

    // Those of another version are succeeded without losing a connection.
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await score(first.url, '{}', PATH, agent)).toBe(200);
    const connections = storm(first.url);
    await until(async () => connections.answered() > 200);
    const fourth = await open({ version: '2', port });
    const fresh = async () => (await pids(fourth)).filter((pid) => !before.includes(pid));
    await until(async () => (await fresh()).length === 2);
    // A connection that was kept is good for one more request.
    expect(await score(first.url, '{}', PATH, agent)).toBe(200);
    agent.destroy();
    await until(async () => (await pids(fourth)).length === 2);
    const answered = connections.answered();
    await until(async () => connections.answered() > answered + 200);
    expect([...(await connections.stop()).keys()]).toEqual(['200']);
    await fourth[Symbol.asyncDispose]();
    // The successors are what is found.
    const fifth = await open({ version: '2', port });
    expect((await pids(fifth)).every((pid) => !before.includes(pid))).toBe(true);
  });
});

test('a port that another program listens at is taken', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  ending.defer(() => void server.close());
  await expectTaken(folder, (server.address() as AddressInfo).port);
});

async function expectTaken(run: string, port: number): Promise<void> {
  await expect(open({ port, run })).rejects.toThrow(/could not be started on 127.0.0.1:\d+.*EADDRINUSE/s);
  const left = await Promise.all((await routerProcesses(run)).map(isRunning));
  expect(left).not.toContain(true);
}
