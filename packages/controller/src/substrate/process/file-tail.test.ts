import { appendFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { systemClock } from '@farled/service';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { endOf, FileTail } from './file-tail.ts';
import { ServiceLogs } from './logs.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-tail-'));
  path = join(folder, 'a.log');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const SIGNAL = new AbortController().signal;

async function read(tail: FileTail): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of tail.read(SIGNAL)) {
    lines.push(line);
  }
  return lines;
}

test('each line is read once, when it is complete', async () => {
  const tail = new FileTail(path);
  expect(await read(tail)).toEqual([]);
  await writeFile(path, 'one\n\ntw');
  expect(await read(tail)).toEqual(['one', '']);
  expect(await read(tail)).toEqual([]);
  await appendFile(path, 'ö\nthree\n');
  expect(await read(tail)).toEqual(['twö', 'three']);
});

test('it goes on from a place', async () => {
  await writeFile(path, 'one\n');
  const tail = new FileTail(path, await endOf(path));
  await appendFile(path, 'two\n');
  expect(await read(tail)).toEqual(['two']);
});

test('a line may be longer than what is read at once', async () => {
  const long = 'ä'.repeat(200_000);
  await writeFile(path, `${long}\nshort\n`);
  expect(await read(new FileTail(path))).toEqual([long, 'short']);
});

test('what was written before a file was turned over is not lost', async () => {
  await writeFile(path, 'one\n');
  const tail = new FileTail(path);
  expect(await read(tail)).toEqual(['one']);
  await appendFile(path, 'two\n');
  await rename(path, `${path}.1`);
  await writeFile(path, 'three\n');
  expect(await read(tail)).toEqual(['two', 'three']);
});

test('all replicas of a service are followed, from the last lines on, also those that come', async () => {
  const logs = new ServiceLogs(folder);
  const ended = new AbortController();
  const [first, second] = ['r1', 'r2'].map((replica) => logs.fileOf('svc', replica)) as [string, string];
  await mkdir(join(folder, 'svc'));
  const at = (time: number, text: string) => `2026-01-01T00:00:0${time}.000Z ${text}\n`;
  await writeFile(first, at(1, 'one') + at(2, 'two'));
  const followed = await logs.follow('svc', 1, systemClock, ended.signal);
  const lines = followed[Symbol.asyncIterator]();
  const next = async () => ((await lines.next()).value as string | undefined)?.slice(25);
  expect(await next()).toBe('two');
  await appendFile(first, at(3, 'three'));
  expect(await next()).toBe('three');
  await writeFile(second, at(4, 'four'));
  expect(await next()).toBe('four');
  const waiting = next();
  ended.abort();
  expect(await waiting).toBeUndefined();
});
