import { randomUUID } from 'node:crypto';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { EnvironmentDefinition, FarledError } from '@farled/contract';
import { ManualClock, silentLogger } from '@farled/service';
import { openState, type State } from '@farled/state';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { Environments } from './environments.ts';
import { EnvironmentReconciler } from './reconcile.ts';

let folder: string;
let state: State;
let clock: ManualClock;
let id: string;
let workspaceId: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-environment-builds-'));
  clock = new ManualClock();
  const database = { kind: 'sqlite', path: join(folder, 'record.sqlite') } as const;
  state = await openState({ database, secretKey: Buffer.alloc(32, 1), clock });
  const fields = { location: 'local', friendlyName: '', description: '', tags: {} };
  const reference = { subscriptionId: 'sub', resourceGroup: 'rg', workspace: 'ws' };
  workspaceId = (await state.workspaces.create(reference, fields)).key;
  await state.environments.register(workspaceId, EnvironmentDefinition.parse({ name: 'env' }));
  id = randomUUID();
  const target = { targetType: 'environment', targetId: id, targetName: 'env:1' } as const;
  await state.operations.start({ id, workspaceId, kind: 'BuildEnvironment', ...target, requestDigest: 'd' });
});
afterEach(async () => {
  await state[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const reconciler = (ensure: Environments['ensure']): EnvironmentReconciler =>
  new EnvironmentReconciler({ state, environments: { ensure }, timeoutMs: 60_000, clock, log: silentLogger });
const quiet = new AbortController().signal;
const operation = () => state.operations.get(workspaceId, id);

test('an environment is built as services would have it, with its log, and nothing is left behind', async () => {
  let seen = '';
  const environments = reconciler(async ({ definition, sourceDirectory, log }) => {
    await access(sourceDirectory);
    seen = sourceDirectory;
    log(`Installing ${definition.name}`);
    return { digest: 'd1', python: '/python' };
  });
  expect(await environments.adopt()).toEqual([id]);
  await environments.reconcile(id, quiet);
  expect(await operation()).toMatchObject({ state: 'Succeeded', error: null });
  const { lines } = await state.operations.log(id, 0);
  expect(lines.map(({ text }) => text)).toEqual(['Installing env', 'Environment env:1 is installed as d1.']);
  await expect(access(seen)).rejects.toThrow('ENOENT');
  expect(await environments.adopt()).toEqual([]);
});

test('what fails ends its operation with the cause', async () => {
  await reconciler(() => Promise.reject(new FarledError('EnvironmentBuildFailed', 'No such package.'))).reconcile(
    id,
    quiet,
  );
  expect(await operation()).toMatchObject({ state: 'Failed', error: { code: 'EnvironmentBuildFailed' } });
});

test('a build that takes too long is given up', async () => {
  const never: Environments['ensure'] = ({ signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('killed')));
      void clock.advance(60_000);
    });
  await reconciler(never).reconcile(id, quiet);
  expect(await operation()).toMatchObject({ state: 'TimedOut', error: { code: 'DeploymentTimedOut' } });
});

test('one that was cancelled before it began is not built', async () => {
  await state.operations.requestCancel(id);
  await reconciler(() => Promise.reject(new Error('built'))).reconcile(id, quiet);
  expect(await operation()).toMatchObject({ state: 'Cancelled' });
});

test('an ended one is left alone', async () => {
  await state.operations.setState(id, 'Succeeded');
  await reconciler(() => Promise.reject(new Error('built'))).reconcile(id, quiet);
  expect(await operation()).toMatchObject({ state: 'Succeeded' });
});
