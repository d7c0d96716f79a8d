import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ManualClock } from '@farled/service';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { openDirectoryParts } from './directory-parts.ts';
import type { ArtifactParts } from './parts.ts';

const LIMITS = { partBytes: 10, parts: 3, totalBytes: 25 };
let folder: string;
let clock: ManualClock;
let parts: ArtifactParts;

const open = () =>
  openDirectoryParts(join(folder, 'parts'), { incoming: join(folder, 'incoming'), clock, limits: LIMITS });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-parts-'));
  await mkdir(join(folder, 'incoming'));
  clock = new ManualClock();
  parts = await open();
});
afterEach(() => rm(folder, { recursive: true }));

async function* bytes(...chunks: readonly string[]): AsyncIterable<Uint8Array> {
  for (const chunk of chunks) {
    yield Buffer.from(chunk);
  }
}

async function text(read: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of read) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

test('a file is put together in the order that is asked for', async () => {
  await parts.put('up', 'second', bytes('wor', 'ld'));
  await parts.put('up', 'first', bytes('hello '));
  await parts.put('other', 'first', bytes('not this'));
  expect(await text(await parts.join('up', ['first', 'second']))).toBe('hello world');
  expect(await text(await parts.join('up', ['second']))).toBe('world');
  expect(await text(await parts.join('up', []))).toBe('');
});

test('a part that is sent again takes the place of the one before', async () => {
  await parts.put('up', 'a', bytes('0123456789'));
  await parts.put('up', 'a', bytes('new'));
  expect(await text(await parts.join('up', ['a']))).toBe('new');
});

test('names of parts are no names of files', async () => {
  for (const name of ['../../out', '/etc/passwd', 'a'.repeat(5000), 'é\0']) {
    await parts.put('up', name, bytes('x'));
    expect(await text(await parts.join('up', [name]))).toBe('x');
    await parts.discard('up');
  }
  expect(await readdir(folder)).toEqual(['incoming', 'parts']);
});

test('parts outlive a restart, half ones do not', async () => {
  await parts.put('up', 'a', bytes('kept'));
  const broken = async function* (): AsyncIterable<Uint8Array> {
    yield Buffer.from('half');
    throw new Error('broken off');
  };
  await expect(parts.put('up', 'b', broken())).rejects.toThrow('broken off');
  expect(await readdir(join(folder, 'incoming'))).toEqual([]);
  const again = await open();
  expect(await again.has('up')).toBe(true);
  expect(await text(await again.join('up', ['a']))).toBe('kept');
  await expect(again.join('up', ['a', 'b'])).rejects.toMatchObject({ code: 'BadArgument' });
});

test('other bytes than their sender says are refused, and the part before them stays', async () => {
  const digest = createHash('sha256').update('right').digest('hex');
  await parts.put('up', 'a', bytes('right'), digest);
  await expect(parts.put('up', 'a', bytes('wrong'), digest)).rejects.toMatchObject({ code: 'ArtifactDigestMismatch' });
  expect(await text(await parts.join('up', ['a']))).toBe('right');
});

test('lists of what is not there, or twice, are refused', async () => {
  await parts.put('up', 'a', bytes('a'));
  for (const list of [['b'], ['a', 'b'], ['a', 'a']]) {
    await expect(parts.join('up', list)).rejects.toMatchObject({ code: 'BadArgument' });
  }
  await expect(parts.join('nowhere', ['a'])).rejects.toMatchObject({ code: 'BadArgument' });
  expect(await parts.has('nowhere')).toBe(false);
});

test.each([
  ['a part', [['a', '0123456789x']]],
  [
    'all parts together',
    [
      ['a', '0123456789'],
      ['b', '0123456789'],
      ['c', '012345'],
    ],
  ],
  [
    'their number',
    [
      ['a', ''],
      ['b', ''],
      ['c', ''],
      ['d', ''],
    ],
  ],
])('%s is bounded, also after a restart', async (_what, sent) => {
  const before = sent.slice(0, -1);
  const [name = '', content = ''] = sent.at(-1) ?? [];
  for (const [part = '', said = ''] of before) {
    await parts.put('up', part, bytes(said));
  }
  await expect(parts.put('up', name, bytes(content))).rejects.toMatchObject({ code: 'PayloadTooLarge' });
  await expect((await open()).put('up', name, bytes(content))).rejects.toMatchObject({ code: 'PayloadTooLarge' });
  await parts.put('another', name, bytes(content.slice(0, 5)));
});

test('what nobody went on with is swept, and only the owner can read it until then', async () => {
  await parts.put('old', 'a', bytes('a'));
  await clock.advance(10_000);
  await parts.put('young', 'a', bytes('a'));
  for (const file of await readdir(join(folder, 'parts', 'young'))) {
    expect((await stat(join(folder, 'parts', 'young', file))).mode & 0o777).toBe(0o600);
  }
  expect(await parts.sweep(5000)).toBe(1);
  expect([await parts.has('old'), await parts.has('young')]).toEqual([false, true]);
  await parts.discard('young');
  expect(await readdir(join(folder, 'parts'))).toEqual([]);
});
