import { ManualClock, silentLogger } from '@farled/service';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';

import { connectKubernetes } from './http-client.ts';
import { startInformer } from './informer-start.ts';
import type { InformerOptions } from './informer-start.ts';
import { KINDS } from './kinds.ts';
import type { ConfigMap } from './objects.ts';
import { drive, driveUntil, until } from './testing/drive.ts';
import { ObjectServer } from './testing/object-server.ts';

const signal = new AbortController().signal;

async function follow(options: InformerOptions<ConfigMap> = {}, prepare: (server: ObjectServer) => void = () => {}) {
  const clock = new ManualClock();
  const server = new ObjectServer();
  await server.start();
  prepare(server);
  const client = connectKubernetes(server.connection, { clock, log: silentLogger });
  const told: string[] = [];
  let onChange = (): void => {};
  const informer = startInformer(
    client,
    KINDS.configMap,
    options,
    (before, after) => {
      told.push(`${before?.metadata.name ?? ''}>${after?.metadata.name ?? ''}`);
      onChange();
    },
    { clock, log: silentLogger },
  );
  const stop = async (): Promise<void> => {
    await informer[Symbol.asyncDispose]();
    await client[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
  onTestFinished(stop);
  return {
    clock,
    server,
    informer,
    told,
    stop,
    onChange: (run: () => void) => {
      onChange = run;
    },
    /** The copy is what the server has, and the watch is up. */
    agrees: () =>
      informer.current && server.watches.size === 1 && versions(informer.all()) === versions(server.objects.values()),
  };
}

function versions(objects: Iterable<ConfigMap>): string {
  return [...objects]
    .map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`)
    .toSorted()
    .join();
}

test('what is there is listed, and what changes arrives', async () => {
  const { server, informer, told } = await follow({}, (started) => started.put('a'));
  await informer.synced(signal);
  expect(informer.get('n', 'a')).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } });
  await until(() => server.watches.size === 1);
  server.put('b');
  server.put('a');
  server.remove('b');
  await until(() => told.length === 4);
  expect(told).toEqual(['>a', '>b', 'a>a', 'b>']);
  expect(informer.size).toBe(1);
  expect(server.lists).toBe(1);
});

test.each(['end', 'break', 'half a line'] as const)(
  'a watch that the API server ends (%s) is resumed where it was, without a list',
  async (how) => {
    const { clock, server, informer, told, agrees } = await follow();
    await driveUntil(clock, agrees);
    server.put('a');
    await until(() => told.length === 1);
    server.endWatches(how);
    server.put('b');
    server.remove('a');
    await until(() => !informer.current);
    await driveUntil(clock, agrees);
    expect(told).toEqual(['>a', '>b', 'a>']);
    expect(server.lists).toBe(1);
  },
);

test('a bookmark is where a quiet watch goes on from', async () => {
  const { clock, server, informer, agrees } = await follow({ namespace: 'n' });
  await driveUntil(clock, agrees);
  server.goBack();
  server.endWatches('break');
  await driveUntil(clock, agrees);
  expect(server.lists).toBe(2);
  server.bookmark();
  server.endWatches('end');
  server.compact();
  await until(() => !informer.current);
  await driveUntil(clock, agrees);
  expect(server.lists).toBe(2);
});

test.each(['expire', 'break'] as const)(
  'when its past is gone (%s) it lists, and tells the differences',
  async (how) => {
    const { clock, server, told, agrees } = await follow({}, (started) => {
      started.put('a');
      started.put('b');
      started.put('c');
    });
    await driveUntil(clock, agrees);
    const watching = [...server.watches];
    server.watches.clear();
    server.put('a');
    server.remove('b');
    server.remove('c');
    server.put('c');
    server.put('d');
    server.compact();
    watching.forEach((response) => server.watches.add(response));
    server.endWatches(how);
    await driveUntil(clock, agrees);
    expect(told.slice(3)).toEqual(['b>', 'a>a', 'c>', '>c', '>d']);
    expect(server.lists).toBe(2);
  },
);

test('ten minutes without an API server, and it goes on', async () => {
  const { clock, server, informer, told, agrees } = await follow({}, (started) => started.put('a'));
  await driveUntil(clock, agrees);
  await server[Symbol.asyncDispose]();
  const end = clock.now() + 600_000;
  await driveUntil(clock, () => clock.now() >= end, 1000);
  expect(informer.current).toBe(false);
  expect(informer.get('n', 'a')).toBeDefined();
  server.put('b');
  const back = clock.now();
  await server.start();
  await driveUntil(clock, agrees);
  expect(clock.now() - back).toBeLessThan(35_000);
  expect(told).toEqual(['>a', '>b']);
  expect(server.lists).toBe(1);
});

test('an API server that is away at first is waited for', async () => {
  const clock = new ManualClock();
  const server = new ObjectServer();
  await server.start();
  const { connection } = server;
  await server[Symbol.asyncDispose]();
  const client = connectKubernetes(connection, { clock, log: silentLogger });
  const informer = startInformer(client, KINDS.configMap, {}, () => {}, { clock, log: silentLogger });
  onTestFinished(async () => {
    await informer[Symbol.asyncDispose]();
    await client[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  const end = clock.now() + 100_000;
  await driveUntil(clock, () => clock.now() >= end, 1000);
  await server.start();
  await drive(clock, informer.synced(signal), 1000);
});

test('a watch that falls silent for longer than it may last is given up', async () => {
  const { clock, server, agrees } = await follow();
  await driveUntil(clock, agrees);
  const began = clock.now();
  const [silent] = server.watches;
  await driveUntil(clock, () => silent?.destroyed ?? false, 5000);
  expect(clock.now() - began).toBeGreaterThan(300_000);
  expect(clock.now() - began).toBeLessThan(640_000);
  await driveUntil(clock, agrees);
});

test('a quiet watch that has bookmarks stays', async () => {
  const { clock, server, agrees } = await follow();
  await driveUntil(clock, agrees);
  const [watching] = server.watches;
  for (let minutes = 0; minutes < 20; minutes += 1) {
    const next = clock.now() + 60_000;
    server.bookmark();
    await driveUntil(clock, () => clock.now() >= next, 2000);
  }
  expect([...server.watches]).toEqual([watching]);
});

test('a listener that fails misses nothing that follows', async () => {
  const { clock, server, told, onChange, agrees } = await follow();
  await driveUntil(clock, agrees);
  onChange(() => {
    throw new Error('no');
  });
  server.put('a');
  server.put('b');
  await driveUntil(clock, agrees);
  expect(told).toEqual(['>a', '>b']);
  expect(server.lists).toBe(1);
});

test('when it is disposed of it ends at once, and tells nothing more', async () => {
  const { clock, server, informer, told, agrees, onChange } = await follow();
  await driveUntil(clock, agrees);
  let ended: Promise<void> | undefined;
  onChange(() => {
    ended = Promise.resolve(informer[Symbol.asyncDispose]());
  });
  const [watching] = server.watches;
  watching?.cork();
  server.put('a');
  server.put('b');
  watching?.uncork();
  await until(() => ended !== undefined);
  await ended;
  expect(informer.current).toBe(false);
  expect(told).toEqual(['>a']);
  await until(() => server.watches.size === 0);
});

test('who waits for the first list is told when there will be none', async () => {
  const { informer } = await follow();
  await expect(informer.synced(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  const other = await follow();
  const waiting = other.informer.synced(signal);
  void other.informer[Symbol.asyncDispose]();
  await expect(waiting).rejects.toThrow('disposed of');
});

test('whatever breaks, the copy becomes what the server has, and each change was told once', async () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const step = fc.oneof(
    { weight: 6, arbitrary: name.map((of) => (server: ObjectServer) => server.put(of)) },
    { weight: 3, arbitrary: name.map((of) => (server: ObjectServer) => server.remove(of)) },
    fc
      .constantFrom('end', 'break', 'expire', 'half a line')
      .map((how) => (server: ObjectServer) => server.endWatches(how)),
    fc.constant((server: ObjectServer) => server.compact()),
    fc.constant((server: ObjectServer) => server.bookmark()),
    fc.constant(async (server: ObjectServer) => {
      await server[Symbol.asyncDispose]();
      await server.start();
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(step, fc.nat(3)), { maxLength: 30 }), async (steps) => {
      const { clock, server, told, agrees, stop } = await follow();
      for (const [act, turns] of steps) {
        await act(server);
        for (let turn = 0; turn < turns; turn += 1) {
          await drive(clock, Promise.resolve());
          await clock.advance(100);
        }
      }
      await driveUntil(clock, agrees);
      const known = new Set<string>();
      for (const change of told) {
        const [before = '', after = ''] = change.split('>');
        expect(known.has(before || after)).toBe(before !== '');
        known[after === '' ? 'delete' : 'add'](before || after);
      }
      expect([...known].toSorted()).toEqual([...server.objects.keys()].toSorted());
      await stop();
    }),
    { numRuns: 40 },
  );
}, 120_000);
