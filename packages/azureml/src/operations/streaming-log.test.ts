import fc from 'fast-check';
import { expect, test } from 'vitest';

import { streamedLog } from './streaming-log.ts';

const AT = '2026-11-25T03:04:05.678Z';
const line = (text: string) => ({ at: AT, text });

/** As azureml-core takes it apart. */
const printed = (text: string): string[] =>
  text
    .split('#')
    .map((entry) => entry.split('|'))
    .flatMap(([time, message, ...more]) => (time === '20261125030405' && more.length === 0 ? [message ?? '?'] : ['.']));

/** Code points: what Python's `len` counts. */
const length = (text: string): number => Array.from(text).length;

test('each line is an entry with its time', () => {
  expect(streamedLog([line('one'), line('two')], 0)).toBe('20261125030405|one#20261125030405|two#');
});

test('only what was not read yet is answered', () => {
  const lines = [line('one'), line('two')];
  const first = streamedLog(lines, 0);
  expect(streamedLog([...lines, line('three')], length(first))).toBe('20261125030405|three#');
  expect(streamedLog(lines, length(first))).toBe('');
  expect(streamedLog(lines, 1_000_000)).toBe('');
  expect(streamedLog([], 0)).toBe('');
});

test.each([
  ['a#b', 'a*b'],
  ['a|b|c', 'a/b/c'],
  ['two\nlines\r\nof it', 'two lines  of it'],
  ['\u001b[31mred\u0000', ' [31mred '],
  ['half \ud83d', 'half \ufffd'],
  ['', ''],
  ['ä 漢 😀', 'ä 漢 😀'],
])('%j is printed as %j', (text, shown) => {
  expect(printed(streamedLog([line(text)], 0))).toEqual([shown, '.']);
});

test('a reader that comes whenever it likes prints every line once, whatever is in it', () => {
  const text = fc.string({ unit: 'binary', maxLength: 30 });
  fc.assert(
    fc.property(fc.array(fc.array(text, { maxLength: 4 }), { maxLength: 6 }), (batches) => {
      const known: ReturnType<typeof line>[] = [];
      let read = '';
      for (const batch of batches) {
        known.push(...batch.map(line));
        read += streamedLog(known, length(read));
      }
      expect(read).toBe(streamedLog(known, 0));
      expect(printed(read)).toHaveLength(known.length + 1);
      expect(printed(read).filter((shown) => shown === '.').length - 1).toBe(
        known.filter(({ text: said }) => said === '.').length,
      );
    }),
  );
});
