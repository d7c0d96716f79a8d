import fc from 'fast-check';
import { expect, test } from 'vitest';

import { covers } from './covers.ts';

test.each([
  ['what others added', { a: 1, status: 'x' }, { a: 1 }, true],
  ['another value', { a: 2 }, { a: 1 }, false],
  ['a field that is gone', {}, { a: 1 }, false],
  ['an empty field that was left out', {}, { a: '', b: 0, c: false, d: [], e: {} }, true],
  ['labels of others beside none of ours', { labels: { x: 'y' } }, { labels: {} }, true],
  ['a list that should be empty and is not', { args: ['x'] }, { args: [] }, false],
  ['a quantity in its canonical form', { requests: { cpu: '100m' } }, { requests: { cpu: '0.1' } }, true],
  ['another quantity', { limits: { memory: '512Mi' } }, { limits: { memory: '1Gi' } }, false],
  ['a text that only looks like a quantity', { value: '100m' }, { value: '0.1' }, false],
  ['defaults in a list', { ports: [{ port: 1, protocol: 'TCP' }] }, { ports: [{ port: 1 }] }, true],
  ['another item in a list', { ports: [{ port: 1 }, { port: 2 }] }, { ports: [{ port: 1 }] }, false],
])('%s', (_what, actual, desired, expected) => {
  expect(covers(actual, desired)).toBe(expected);
});

test('everything covers itself, whatever is added to it', () => {
  fc.assert(
    fc.property(fc.object({ values: [fc.string(), fc.integer(), fc.boolean()] }), (value) => {
      expect(covers({ ...value, addedByOthers: { at: 'x' } }, value)).toBe(true);
    }),
  );
});
