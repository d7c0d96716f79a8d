import { expect, test } from 'vitest';

import { Channel } from './channel.ts';

const NEVER = new AbortController().signal;

test('a full channel makes its writer wait until it is read', async () => {
  const channel = new Channel<number>(2);
  const put: number[] = [];
  const writing = (async () => {
    for (const number of [1, 2, 3, 4, 5]) {
      await channel.put(number, NEVER);
      put.push(number);
    }
  })();
  await settle();
  expect(put).toEqual([1, 2]);
  expect(await channel.take(NEVER)).toEqual([1, 2]);
  await settle();
  expect(put).toEqual([1, 2, 3, 4]);
  expect([...(await channel.take(NEVER)), ...(await channel.take(NEVER))]).toEqual([3, 4, 5]);
  await writing;
});

test('a reader waits for the first value, and a signal ends both waits', async () => {
  const channel = new Channel<string>(1);
  const reading = channel.take(NEVER);
  await channel.put('a', NEVER);
  expect(await reading).toEqual(['a']);
  const ended = new AbortController();
  const [taken, first, second] = [channel.take(ended.signal), channel.put('b', NEVER), channel.put('c', ended.signal)];
  expect([await taken, await first]).toEqual([['b'], true]);
  await second;
  const blocked = channel.put('d', ended.signal);
  ended.abort();
  expect(await blocked).toBe(false);
  await channel.take(NEVER);
  expect(await channel.take(ended.signal)).toEqual([]);
});

test('a failure is told after what came before it, and each time from then on', async () => {
  const channel = new Channel<string>(1);
  await channel.put('a', NEVER);
  channel.fail(new Error('broken'));
  expect(await channel.take(NEVER)).toEqual(['a']);
  await expect(channel.take(NEVER)).rejects.toThrow('broken');
  await expect(channel.take(NEVER)).rejects.toThrow('broken');
});

function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
