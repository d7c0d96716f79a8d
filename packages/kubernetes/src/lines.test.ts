import fc from 'fast-check';
import { expect, test } from 'vitest';

import { linesOf } from './lines.ts';
import { collect } from './testing/collect.ts';
import { inPieces } from './testing/in-pieces.ts';

const whole = { maximum: 1000, tooLong: () => '' };

test('lines come out as they went in, wherever the bytes are cut', async () => {
  const line = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\n') && text.isWellFormed());
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat(2000)), async (lines, cuts) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
      expect(await collect(linesOf(inPieces(bytes, cuts), { ...whole, maximum: 1e6 }))).toEqual(lines);
    }),
  );
});

test('a last line needs no newline, and empty ones count', async () => {
  expect(await collect(linesOf(inPieces(Buffer.from('a\n\nb'), []), whole))).toEqual(['a', '', 'b']);
  expect(await collect(linesOf(inPieces(Buffer.from(''), []), whole))).toEqual([]);
});

test('of a line that is too long only the beginning is held', async () => {
  const limit = { maximum: 4, tooLong: (beginning: Buffer) => `${beginning.toString()}…` };
  const lines = await collect(linesOf(inPieces(Buffer.from('abcd\nabcde\nxy\n123456'), [1, 6, 8, 16]), limit));
  expect(lines).toEqual(['abcd', 'abcd…', 'xy', '1234…']);
});
