import { ManualClock, silentLogger } from '@farled/service';
import { expect, test } from 'vitest';

import { Loop, type Result } from './loop.ts';

function loopOver(reconcile: (key: string, signal: AbortSignal) => Promise<Result>): {
  loop: Loop;
  clock: ManualClock;
} {
  const clock = new ManualClock();
  return { clock, loop: new Loop({ name: 'test', reconcile, workers: 2, clock, log: silentLogger }) };
}

test('a reconciliation that fails comes back with growing delay until it succeeds', async () => {
  const at: number[] = [];
  const { loop, clock } = loopOver(async () => {
    at.push(clock.now());
    if (at.length < 4) {
      throw new Error('not yet');
    }
    return {};
  });
  const start = clock.now();
  loop.start();
  loop.wake('a');
  await clock.advance(60_000);
  expect(at.map((time) => time - start)).toEqual([0, 200, 600, 1400]);
  await loop[Symbol.asyncDispose]();
});

test('a result that asks for it has the key looked at again after that time', async () => {
  const at: number[] = [];
  const { loop, clock } = loopOver(async () => {
    at.push(clock.now());
    return at.length < 3 ? { requeueAfterMs: 1000 } : {};
  });
  const start = clock.now();
  loop.start();
  loop.wake('a');
  await clock.advance(10_000);
  expect(at.map((time) => time - start)).toEqual([0, 1000, 2000]);
  await loop[Symbol.asyncDispose]();
});

test('stopping aborts the running reconciliation and waits for it', async () => {
  let ended = false;
  const { loop, clock } = loopOver(async (_key, signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    ended = true;
    return {};
  });
  loop.start();
  loop.wake('a');
  await clock.advance(0);
  await loop[Symbol.asyncDispose]();
  expect(ended).toBe(true);
});
