import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ManualClock, systemClock } from '@farled/service';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { acquireLock } from './lock.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const parts = (changed: Partial<Parameters<typeof acquireLock>[1]> = {}) => ({
  clock: systemClock,
  signal: AbortSignal.timeout(20_000),
  waiting: () => {},
  ...changed,
});

test('one at a time holds it, and nothing stays behind', async () => {
  let holders = 0;
  let most = 0;
  const hold = async (): Promise<void> => {
    await using _lock = await acquireLock(path, parts());
    holders += 1;
    most = Math.max(most, holders);
    await new Promise((resolve) => setImmediate(resolve));
    holders -= 1;
  };
  await Promise.all([hold(), hold(), hold(), hold()]);
  expect(most).toBe(1);
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  ['that ended', JSON.stringify({ pid: 2 ** 30, startTicks: '1' })],
  ['whose number another one has now', JSON.stringify({ pid: process.pid, startTicks: '1' })],
  ['that never wrote', ''],
])('it is taken over from a process %s', async (_which, content) => {
  await writeFile(path, content);
  await using _lock = await acquireLock(path, parts());
  expect(await readdir(folder)).toEqual(['lock']);
});

test('a wait is told once, with the holder, and ends with the signal', async () => {
  await using _lock = await acquireLock(path, parts());
  const clock = new ManualClock();
  const stopping = new AbortController();
  const told = Promise.withResolvers<number>();
  const waiting = acquireLock(path, parts({ clock, signal: stopping.signal, waiting: told.resolve }));
  expect(await told.promise).toBe(process.pid);
  stopping.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  expect(await readdir(folder)).toEqual(['lock']);
});
