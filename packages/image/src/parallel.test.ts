import { expect, test } from 'vitest';

import { mapParallel } from './parallel.ts';

const { signal } = new AbortController();

test('so many at once, results in order', async () => {
  let running = 0;
  let most = 0;
  const results = await mapParallel([5, 4, 3, 2, 1], 2, signal, async (item) => {
    running += 1;
    most = Math.max(most, running);
    for (let turn = 0; turn < item; turn += 1) {
      await Promise.resolve();
    }
    running -= 1;
    return item * 10;
  });
  expect(results).toEqual([50, 40, 30, 20, 10]);
  expect(most).toBe(2);
});

test('the first failure stops the others, and is told when they have stopped', async () => {
  const ended: string[] = [];
  const work = mapParallel(['waits', 'fails', 'never'], 2, signal, async (item, stop) => {
    if (item === 'fails') {
      throw new Error(item);
    }
    await new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve()));
    ended.push(item);
  });
  await expect(work).rejects.toThrow('fails');
  expect(ended).toEqual(['waits']);
});
