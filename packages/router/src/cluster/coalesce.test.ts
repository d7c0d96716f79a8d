import { ManualClock } from '@farled/service';
import { expect, test } from 'vitest';

import { coalesce } from './coalesce.ts';

test('a burst is one run, soon after its first call, and a stream does not hold it off', async () => {
  const clock = new ManualClock(0);
  const runs: number[] = [];
  const call = coalesce(clock, 5, () => runs.push(clock.now()));
  for (let at = 0; at < 20; at += 1) {
    call();
    await clock.advance(1);
  }
  await clock.advance(100);
  expect(runs).toEqual([5, 10, 15, 20]);
});
