import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { openHome, runFolder } from './home.ts';
import { lockHome } from './server-info.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('the first start makes a token and a key that only their owner can read; later starts keep them', async () => {
  const first = await openHome(folder);
  expect(first.tokenIsNew).toBe(true);
  expect(first.ownerToken.length).toBeGreaterThan(40);
  expect(first.secretKey).toHaveLength(32);
  for (const name of ['owner-token', 'secret.key']) {
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  }
  const second = await openHome(folder);
  expect(second).toMatchObject({ tokenIsNew: false, ownerToken: first.ownerToken, secretKey: first.secretKey });
});

test('secrets that were opened to others are closed again', async () => {
  await openHome(folder);
  await chmod(join(folder, 'owner-token'), 0o644);
  await openHome(folder);
  expect((await stat(join(folder, 'owner-token'))).mode & 0o777).toBe(0o600);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

test('a long home gets a short run folder, always the same', () => {
  expect(runFolder('/home/me/.farled')).toBe('/home/me/.farled/run');
  const long = `/home/${'x'.repeat(80)}/.farled`;
  expect(runFolder(long).length).toBeLessThan(40);
  expect(runFolder(long)).toBe(runFolder(long));
  expect(runFolder(long)).not.toBe(runFolder(`${long}2`));
});

test('one server has a home; a lock of a process that is gone is taken over', async () => {
  const lock = await lockHome(folder);
  await expect(lockHome(folder)).rejects.toThrow(`process ${process.pid}, runs on ${folder}`);
  await lock[Symbol.asyncDispose]();
  await using again = await lockHome(folder);
  expect(again).toBeDefined();
  expect(JSON.parse(await readFile(join(folder, 'server.lock'), 'utf8'))).toMatchObject({ pid: process.pid });
});
