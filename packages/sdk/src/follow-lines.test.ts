import { FarledError } from '@farled/contract';
import { expect, test } from 'vitest';

import { followLines } from './follow-lines.ts';

async function* pieces(all: readonly (string | Uint8Array | Error)[]): AsyncGenerator<Uint8Array> {
  for (const piece of all) {
    if (piece instanceof Error) {
      throw piece;
    }
    yield typeof piece === 'string' ? Buffer.from(piece) : piece;
  }
}

async function read(all: readonly (string | Uint8Array | Error)[], signal?: AbortSignal): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of followLines(() => Promise.resolve(pieces(all)), signal)) {
    lines.push(line);
  }
  return lines;
}

test('lines are put together from whatever pieces come, and signs of life are none', async () => {
  const bytes = Buffer.from('"größer"\n');
  const cut = bytes.indexOf(0xc3) + 1;
  const said = ['"one"\n\n"t', 'wo"\n', bytes.subarray(0, cut), bytes.subarray(cut), '\n""\n', '"cut off'];
  expect(await read(said)).toEqual(['one', 'two', 'größer', '']);
});

test('a connection that breaks off says so, unless the reader ended it', async () => {
  const broken = ['"one"\n', new TypeError('terminated')];
  await expect(read(broken)).rejects.toMatchObject({ code: 'ConnectionFailed' });
  expect(await read(broken, AbortSignal.abort())).toEqual(['one']);
  const refused = new FarledError('ServiceNotFound', 'There is none.');
  await expect(read([refused])).rejects.toBe(refused);
});
