import { expect, test } from 'vitest';

import { SharedTasks } from './shared-task.ts';

test('one run serves all who ask meanwhile, and stops when the last of them gives up', async () => {
  const tasks = new SharedTasks<number>();
  const [first, second] = [new AbortController(), new AbortController()];
  let runs = 0;
  let stopped: unknown;
  const task = (signal: AbortSignal) =>
    new Promise<number>((_, reject) => {
      runs += 1;
      signal.addEventListener('abort', () => {
        stopped = signal.reason;
        reject(signal.reason as Error);
      });
    });
  const waiting = [tasks.run('a', first.signal, task), tasks.run('a', second.signal, task)];
  first.abort(new Error('first'));
  await expect(waiting[0]).rejects.toThrow('first');
  expect([runs, stopped]).toEqual([1, undefined]);
  second.abort(new Error('second'));
  await expect(waiting[1]).rejects.toThrow('second');
  expect(stopped).toBe(second.signal.reason);
  expect(await tasks.run('a', new AbortController().signal, () => Promise.resolve(7))).toBe(7);
});

test('a failure is everyone’s, and the next one begins anew', async () => {
  const tasks = new SharedTasks<number>();
  const { signal } = new AbortController();
  const fail = () => Promise.reject(new Error('no'));
  const both = await Promise.allSettled([tasks.run('a', signal, fail), tasks.run('a', signal, fail)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await tasks.run('a', signal, () => Promise.resolve(1))).toBe(1);
});
