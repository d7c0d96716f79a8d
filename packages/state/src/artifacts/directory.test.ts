import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ManualClock } from '@farled/service';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { ArtifactStore } from './artifact-store.ts';
import { openDirectoryArtifacts } from './directory.ts';

let folder: string;
let clock: ManualClock;
let artifacts: ArtifactStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-artifacts-'));
  clock = new ManualClock();
  artifacts = await openDirectoryArtifacts(folder, { clock });
});
afterEach(() => rm(folder, { recursive: true }));

const digest = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function* chunks(...parts: readonly string[]): AsyncIterable<Uint8Array> {
  for (const part of parts) {
    yield Buffer.from(part);
  }
}

async function text(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) {
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

test('bytes come back as they were, also those of nothing', async () => {
  expect(await artifacts.put(digest('hello world'), chunks('hello ', 'world'))).toBe(11);
  expect(await text(await artifacts.open(digest('hello world')))).toBe('hello world');
  expect(await artifacts.size(digest('hello world'))).toBe(11);
  expect(await artifacts.put(digest(''), chunks())).toBe(0);
  expect(await text(await artifacts.open(digest('')))).toBe('');
});

test('bytes whose digest nobody announced are found under it', async () => {
  expect(await artifacts.add(chunks('hello ', 'world'))).toEqual({ sha256: digest('hello world'), size: 11 });
  expect(await text(await artifacts.open(digest('hello world')))).toBe('hello world');
});

test('other bytes than the digest says are refused, and nothing of them stays', async () => {
  await expect(artifacts.put(digest('a'), chunks('b'))).rejects.toMatchObject({ code: 'ArtifactDigestMismatch' });
  expect(await artifacts.has(digest('a'))).toBe(false);
  expect(await readdir(join(folder, 'incoming'))).toEqual([]);
});

test('a sender that breaks off leaves nothing', async () => {
  const broken = async function* (): AsyncIterable<Uint8Array> {
    yield Buffer.from('a');
    throw new Error('broken off');
  };
  await expect(artifacts.put(digest('ab'), broken())).rejects.toThrow('broken off');
  expect(await readdir(join(folder, 'incoming'))).toEqual([]);
});

test('large ones are written as they come: never more than a chunk is held', async () => {
  let ahead = 0;
  let most = 0;
  const part = Buffer.alloc(1_000_000, 'x');
  const hash = createHash('sha256');
  for (let index = 0; index < 64; index += 1) {
    hash.update(part);
  }
  const produce = async function* (): AsyncIterable<Uint8Array> {
    for (let index = 0; index < 64; index += 1) {
      ahead += 1;
      most = Math.max(most, ahead);
      yield part;
      ahead -= 1;
    }
  };
  expect(await artifacts.put(hash.digest('hex'), produce())).toBe(64_000_000);
  expect(most).toBe(1);
});

test('the same bytes can be put by many at once', async () => {
  await Promise.all(Array.from({ length: 10 }, () => artifacts.put(digest('same'), chunks('sa', 'me'))));
  expect(await text(await artifacts.open(digest('same')))).toBe('same');
});

test('what is not there is said to be missing', async () => {
  for (const ask of [
    artifacts.size(digest('x')),
    artifacts.open(digest('x')),
    artifacts.copyTo(digest('x'), join(folder, 'x'), 0o600),
  ]) {
    await expect(ask).rejects.toMatchObject({ code: 'ArtifactNotFound' });
  }
});

test('a copy is the owner of its bytes', async () => {
  await artifacts.put(digest('kept'), chunks('kept'));
  const path = join(folder, 'copy');
  await artifacts.copyTo(digest('kept'), path, 0o700);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  await writeFile(path, 'changed');
  expect(await text(await artifacts.open(digest('kept')))).toBe('kept');
});

test('a sweep removes what is old and not in use; to be asked for keeps', async () => {
  for (const name of ['used', 'asked', 'old']) {
    await artifacts.put(digest(name), chunks(name));
  }
  await clock.advance(10_000);
  await artifacts.put(digest('young'), chunks('young'));
  await artifacts.has(digest('asked'));
  expect(await artifacts.sweep(new Set([digest('used')]), 5000)).toBe(1);
  const left = await Promise.all(['used', 'asked', 'young', 'old'].map((name) => artifacts.has(digest(name))));
  expect(left).toEqual([true, true, true, false]);
});

test('what a crash left unfinished is removed at the next start', async () => {
  await writeFile(join(folder, 'incoming', 'half'), 'half a file');
  await openDirectoryArtifacts(folder, { clock });
  expect(await readdir(join(folder, 'incoming'))).toEqual([]);
});

test('only the owner can read them', async () => {
  await artifacts.put(digest('private'), chunks('private'));
  const path = join(folder, 'sha256', digest('private').slice(0, 2), digest('private'));
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readFile(path, 'utf8')).toBe('private');
});
