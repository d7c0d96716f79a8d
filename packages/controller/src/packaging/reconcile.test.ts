import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { FarledError } from '@farled/contract';
import { ManualClock, silentLogger } from '@farled/service';
import { openState, type PackageResult, type State } from '@farled/state';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { type MakePackage, PackageReconciler } from './reconcile.ts';

const RESULT: PackageResult = { location: 'registry.example/package:1', digest: 'sha256:0', files: [] };

let folder: string;
let state: State;
let clock: ManualClock;
let id: string;
let workspaceId: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-packaging-'));
  clock = new ManualClock();
  const database = { kind: 'sqlite', path: join(folder, 'record.sqlite') } as const;
  state = await openState({ database, secretKey: Buffer.alloc(32, 1), clock });
  const fields = { location: 'local', friendlyName: '', description: '', tags: {} };
  const reference = { subscriptionId: 'sub', resourceGroup: 'rg', workspace: 'ws' };
  workspaceId = (await state.workspaces.create(reference, fields)).key;
  id = randomUUID();
  const target = { targetType: 'package', targetId: id, targetName: 'package:1' } as const;
  await state.operations.start({ id, workspaceId, kind: 'PackageModels', ...target, requestDigest: 'd' });
  const code = { models: [], entryScript: 'score.py', source: [], environment: { name: 'env', version: '1' } };
  const spec = { form: 'image', imageName: 'package', imageLabel: '1', ...code } as const;
  await state.packages.create({ id, workspaceId, spec });
});
afterEach(async () => {
  await state[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const reconciler = (make: MakePackage): PackageReconciler =>
  new PackageReconciler({ state, make, timeoutMs: 60_000, clock, log: silentLogger });
const neverEnding: MakePackage = (_made, _log, signal) =>
  new Promise((_resolve, reject) => {
    // As libraries do, with an error of their own.
    signal.addEventListener('abort', () => reject(new Error('socket hang up')));
  });
const quiet = new AbortController().signal;
const operation = () => state.operations.get(workspaceId, id);

test('a package that is made says where it is, and how to run it', async () => {
  const packages = reconciler(async (_made, log) => {
    log('Building');
    return RESULT;
  });
  expect(await packages.adopt()).toEqual([id]);
  await packages.reconcile(id, quiet);
  expect(await operation()).toMatchObject({ state: 'Succeeded', error: null });
  expect((await state.packages.byId(id))?.result).toEqual(RESULT);
  const { lines } = await state.operations.log(id, 0);
  expect(lines.map(({ text }) => text)).toEqual([
    'Building',
    'Run it with: docker run -p 6789:5001 registry.example/package:1',
  ]);
  expect(await packages.adopt()).toEqual([]);
});

test('what fails ends its operation with the cause', async () => {
  await reconciler(() => Promise.reject(new FarledError('ImageNotFound', 'No such base.'))).reconcile(id, quiet);
  expect(await operation()).toMatchObject({ state: 'Failed', error: { code: 'ImageNotFound' } });
});

test('a crash between the result and the end makes nothing twice', async () => {
  await state.packages.recordResult(id, RESULT);
  await reconciler(() => Promise.reject(new Error('made twice'))).reconcile(id, quiet);
  expect(await operation()).toMatchObject({ state: 'Succeeded' });
});

test.each(['before it begins', 'while it is made'])('a cancelled one ends as cancelled, %s', async (when) => {
  const packages = reconciler(neverEnding);
  if (when === 'before it begins') {
    await state.operations.requestCancel(id);
  }
  const running = packages.reconcile(id, quiet);
  await expect.poll(async () => (await operation()).state).not.toBe('NotStarted');
  packages.cancel(id);
  await expect
    .poll(async () => {
      packages.cancel(id);
      return (await operation()).state;
    })
    .toBe('Cancelled');
  await running;
});

test('one that takes too long is given up, a restart among it', async () => {
  const first = new AbortController();
  const running = reconciler(neverEnding).reconcile(id, first.signal);
  await expect.poll(async () => (await operation()).state).toBe('Running');
  first.abort(new Error('the controller stops'));
  await expect(running).rejects.toThrow();
  expect(await operation()).toMatchObject({ state: 'Running' });
  await clock.advance(61_000);
  await reconciler(neverEnding).reconcile(id, quiet);
  expect(await operation()).toMatchObject({ state: 'TimedOut', error: { code: 'DeploymentTimedOut' } });
});
