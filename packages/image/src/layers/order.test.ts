import { expect, test } from 'vitest';

import type { LayerEntry } from './layer.ts';
import { orderEntries } from './order.ts';

const file = (path: string): LayerEntry => ({ kind: 'file', path, mode: 0o644, source: { bytes: new Uint8Array() } });
const paths = (entries: LayerEntry[]) => entries.map(({ path }) => path);

test('folders come before what is in them, whoever named them', () => {
  expect(paths(orderEntries([file('/b/c/d'), file('a'), { kind: 'directory', path: './b/', mode: 0o700 }]))).toEqual([
    'a',
    'b',
    'b/c',
    'b/c/d',
  ]);
});

test('folders that were not named are everyone’s, and /tmp stays so', () => {
  const [tmp, inner] = orderEntries([file('tmp/x/y')]);
  expect(tmp).toMatchObject({ path: 'tmp', mode: 0o1777, uid: 0 });
  expect(inner).toMatchObject({ path: 'tmp/x', mode: 0o755 });
});

test.each([
  [[file('a'), file('/a')], /two entries for the path "a"/],
  [[file('a'), file('a/b')], /"a\/b" inside of "a", which is a file/],
  [[file('../a')], /can't have an entry with the path "\.\.\/a"/],
  [[file('/')], /can't have an entry/],
  [[file('a\0b')], /can't have an entry/],
])('what no image can have is refused', (entries, why) => {
  expect(() => orderEntries(entries)).toThrow(why);
});
