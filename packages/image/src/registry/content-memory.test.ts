import { expect, test } from 'vitest';

import { ContentMemory } from './content-memory.ts';

test('what was used longest ago gives way', async () => {
  const memory = new ContentMemory<string>();
  const reads: string[] = [];
  const get = (key: string) =>
    memory.get(key, async () => {
      reads.push(key);
      return { value: `value of ${key}`, size: 6_000_000 };
    });
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) {
    expect(await get(key)).toBe(`value of ${key}`);
  }
  expect(reads).toEqual(['a', 'b', 'c', 'b']);
});
