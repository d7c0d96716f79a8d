import { type Clock, ManualClock } from '@farled/service';
import { expect, test } from 'vitest';

import { Deadlines } from './deadlines.ts';

test('each expires at its time, in whatever order they came, and those that were removed never', async () => {
  const clock = new ManualClock(0);
  const deadlines = new Deadlines(clock);
  // Lehmer's generator.
  let state = 1;
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const expired: [number, number][] = [];
  const all = Array.from({ length: 500 }, () => {
    const at = 1 + Math.floor(random() * 1000);
    const deadline = deadlines.add(at, { expire: () => expired.push([at, clock.now()]) });
    return { at, deadline, isRemoved: random() < 0.5 };
  });
  all.filter(({ isRemoved }) => isRemoved).forEach(({ deadline }) => deadlines.remove(deadline));
  await clock.advance(1001);
  const expected = all.filter(({ isRemoved }) => !isRemoved).map(({ at }) => [at, at]);
  expect(expired).toEqual(expected.toSorted(([a = 0], [b = 0]) => a - b));
});

test('requests that end in time cost a timer now and then, not one each', async () => {
  const manual = new ManualClock(0);
  let timers = 0;
  const clock: Clock = {
    now: () => manual.now(),
    monotonic: () => manual.monotonic(),
    sleep: (milliseconds, signal) => manual.sleep(milliseconds, signal),
    after: (milliseconds, run) => {
      timers += 1;
      return manual.after(milliseconds, run);
    },
  };
  const deadlines = new Deadlines(clock);
  for (let count = 0; count < 1000; count += 1) {
    deadlines.remove(deadlines.add(manual.now() + 500, { expire: () => {} }));
    await manual.advance(1);
  }
  expect(timers).toBeLessThanOrEqual(3);
});

test('what expires may remove and add others', async () => {
  const clock = new ManualClock(0);
  const deadlines = new Deadlines(clock);
  const expired: string[] = [];
  const second = deadlines.add(10, { expire: () => expired.push('second') });
  deadlines.add(5, {
    expire: () => {
      deadlines.remove(second);
      deadlines.remove(second);
      deadlines.add(5, { expire: () => expired.push('third') });
    },
  });
  await clock.advance(100);
  expect(expired).toEqual(['third']);
});
