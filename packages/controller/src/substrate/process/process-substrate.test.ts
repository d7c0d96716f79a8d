import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { identifyProcess, isRunning, silentLogger, systemClock } from '@farled/service';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { ObservedReplica, ReplicaSpec, Substrate } from '../substrate.ts';
import { createProcessSubstrate } from './process-substrate.ts';
import { ReplicaFolder } from './replica-folder.ts';

/** The controller knows the runtime as a program only; its tests run the real one. */
const RUNTIME = resolve(import.meta.dirname, '../../../../runtime/src/main.ts');

let folder: string;
let substrate: Substrate;
const changes: string[] = [];

const open = () =>
  createProcessSubstrate({
    runFolder: join(folder, 'run'),
    logsFolder: join(folder, 'logs'),
    runtimeEntry: RUNTIME,
    nodeArguments: ['--conditions=@farled/source'],
    clock: systemClock,
    log: silentLogger,
    changed: (serviceId) => changes.push(serviceId),
  });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fs-'));
  await mkdir(join(folder, 'image', 'source'), { recursive: true });
  await script('def init(): print("hello from init")\ndef run(raw): return raw');
  changes.length = 0;
  substrate = await open();
});
afterEach(async () => {
  await substrate.removeAll(0);
  await substrate[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

const script = (text: string) => writeFile(join(folder, 'image', 'source', 'score.py'), text);

const spec = (id: string, changed: Partial<ReplicaSpec> = {}): ReplicaSpec => ({
  id,
  service: { id: 'service-1', name: 'svc', workspace: 'ws' },
  revision: 'rev',
  image: join(folder, 'image'),
  sourceDirectory: join(folder, 'image', 'source'),
  entryScript: 'score.py',
  modelDirectory: join(folder, 'image'),
  python: 'python3',
  environmentVariables: { OWN: 'yes' },
  scoringTimeoutMs: 5000,
  maxConcurrentRequests: 1,
  cpu: 0.1,
  memoryLimitBytes: 500_000_000,
  liveness: { periodSeconds: 1, initialDelaySeconds: 5, timeoutSeconds: 1, successThreshold: 1, failureThreshold: 1 },
  ...changed,
});

async function observed(id: string): Promise<ObservedReplica | undefined> {
  return (await substrate.observe('service-1')).find((replica) => replica.id === id);
}

async function phase(id: string, wanted: ObservedReplica['phase']): Promise<ObservedReplica> {
  const deadline = systemClock.now() + 15_000;
  for (;;) {
    const replica = await observed(id);
    if (replica?.phase === wanted) {
      return replica;
    }
    expect(systemClock.now(), `waiting for ${wanted}, is ${replica?.phase}`).toBeLessThan(deadline);
    await systemClock.sleep(10);
  }
}

async function pidOf(id: string): Promise<number> {
  const text = await readFile(join(folder, 'run', 'replicas', id, 'identity.json'), 'utf8');
  return (JSON.parse(text) as { pid: number }).pid;
}

function score(replica: ObservedReplica, body: string): Promise<string> {
  const socketPath = replica.address.kind === 'unix' ? replica.address.path : '';
  return new Promise((resolve_, reject) => {
    const asked = request({ socketPath, path: '/score', method: 'POST', agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve_(text));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

test('a replica is started once, becomes ready, answers and is removed without a trace but its log', async () => {
  await Promise.all([substrate.start(spec('a')), substrate.start(spec('a'))]);
  await substrate.start(spec('a'));
  const replica = await phase('a', 'ready');
  expect(await score(replica, 'x')).toBe('"x"');
  expect(changes).toContain('service-1');
  expect(await substrate.services()).toEqual(['service-1']);
  const pid = await pidOf('a');
  await substrate.remove('a', 2000);
  expect(await isRunning({ pid, startTicks: null })).toBe(false);
  expect(await substrate.observe('service-1')).toEqual([]);
  expect((await substrate.logs('service-1', 100)).join('\n')).toContain('hello from init');
  await substrate.removeLogs('service-1');
  expect(await substrate.logs('service-1', 100)).toEqual([]);
});

test('a removal waits for the request that is being scored', async () => {
  await script('import time\ndef init(): pass\ndef run(raw):\n    time.sleep(0.5)\n    return "done"');
  await substrate.start(spec('a'));
  const answer = score(await phase('a', 'ready'), '');
  await systemClock.sleep(100);
  await substrate.remove('a', 10_000);
  expect(await answer).toBe('"done"');
});

describe('a replica that ends', () => {
  test('by its script says why', async () => {
    await script('def init(): raise ValueError("no weights")\ndef run(raw): pass');
    await substrate.start(spec('a'));
    const { exit } = await phase('a', 'exited');
    expect(exit).toMatchObject({ code: 3, hadBeenReady: false, failure: { code: 'UserScriptInitFailed' } });
    expect(exit?.failure?.traceback).toContain('ValueError: no weights');
  });

  test('by a signal is seen at once, and takes what it started with it', async () => {
    await script(
      'import subprocess\ndef init():\n    global p\n    p = subprocess.Popen(["sleep", "300"])\ndef run(raw): return p.pid',
    );
    await substrate.start(spec('a'));
    const child = Number(await score(await phase('a', 'ready'), ''));
    process.kill(await pidOf('a'), 'SIGKILL');
    const { exit } = await phase('a', 'exited');
    expect(exit).toMatchObject({ signal: 'SIGKILL', hadBeenReady: true, failure: null });
    expect(await isRunning({ pid: child, startTicks: null })).toBe(false);
  });

  test('in silence is unready, then ended', async () => {
    await substrate.start(spec('a'));
    await phase('a', 'ready');
    process.kill(await pidOf('a'), 'SIGSTOP');
    await phase('a', 'unready');
    await phase('a', 'exited');
  });
});

describe('after a restart of the server', () => {
  test('replicas are adopted as they are', async () => {
    await substrate.start(spec('a'));
    const before = await phase('a', 'ready');
    await substrate[Symbol.asyncDispose]();
    substrate = await open();
    expect(await observed('a')).toEqual(before);
    expect(await score(before, '1')).toBe('"1"');
  });

  test('one that ended meanwhile is known to have been ready', async () => {
    await substrate.start(spec('a'));
    await phase('a', 'ready');
    const pid = await pidOf('a');
    await substrate[Symbol.asyncDispose]();
    process.kill(-pid, 'SIGKILL');
    substrate = await open();
    expect((await phase('a', 'exited')).exit).toMatchObject({ hadBeenReady: true });
  });

  test('one that was started but not noted is found by its environment', async () => {
    const replicaFolder = new ReplicaFolder(join(folder, 'run'), 'lost');
    await replicaFolder.writeSpec({ spec: spec('lost'), startedAt: systemClock.now() });
    const child = spawn('sleep', ['300'], {
      env: { ...process.env, FARLED_REPLICA_ID: 'lost' },
      detached: true,
      stdio: 'ignore',
    });
    await substrate[Symbol.asyncDispose]();
    substrate = await open();
    expect(await observed('lost')).toMatchObject({ phase: 'starting' });
    expect(await replicaFolder.readIdentity()).toEqual(await identifyProcess(child.pid ?? 0));
    child.kill('SIGKILL');
    await phase('lost', 'exited');
  });

  test('one that was described but never started is forgotten', async () => {
    await new ReplicaFolder(join(folder, 'run'), 'never').writeSpec({ spec: spec('never'), startedAt: 1 });
    await substrate[Symbol.asyncDispose]();
    substrate = await open();
    expect(await substrate.observe('service-1')).toEqual([]);
  });
});

test('the replica sees its own variables and none of the server', async () => {
  process.env['SERVER_SECRET'] = 'hunter2';
  await script('import os, json\ndef init(): pass\ndef run(raw): return dict(os.environ)');
  await substrate.start(spec('a'));
  const variables = JSON.parse(await score(await phase('a', 'ready'), '')) as Record<string, string>;
  delete process.env['SERVER_SECRET'];
  expect(variables).toMatchObject({ OWN: 'yes', SERVICE_NAME: 'svc', WORKSPACE_NAME: 'ws', HOSTNAME: 'a' });
  expect(JSON.stringify(variables)).not.toContain('hunter2');
});

test('logs of several replicas come in the order of their lines', async () => {
  const logs = join(folder, 'logs', 'service-1');
  await mkdir(logs, { recursive: true });
  const line = (second: number, text: string) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z ${text}\n`;
  await writeFile(join(logs, 'a.log.1'), line(1, 'a1'));
  await writeFile(join(logs, 'a.log'), `${line(3, 'a3')}continued\n`);
  await writeFile(join(logs, 'b.log'), line(2, 'b2') + line(4, 'b4'));
  const lines = await substrate.logs('service-1', 4);
  expect(lines.map((text) => text.split(' ').at(-1))).toEqual(['b2', 'a3', 'continued', 'b4']);
});
