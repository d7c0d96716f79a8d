import type { Clock } from '@farled/service';
import { expect, test } from 'vitest';

import { createRandom } from '../http1/testing/generate.ts';
import { Deadlines } from './deadlines.ts';

/** A clock that stands until it is moved, and what waits for it. */
function standingClock() {
  let now = 0;
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  const clock: Clock = {
    now: () => now,
    sleep: () => Promise.reject(new Error('Nothing sleeps here')),
    after: (milliseconds, run) => {
      const timer = { at: now + milliseconds, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  };
  const advance = (to: number): void => {
    for (;;) {
      const [next] = [...timers].filter(({ at }) => at <= to).toSorted((a, b) => a.at - b.at);
      if (next === undefined) {
        break;
      }
      timers.delete(next);
      now = Math.max(now, next.at);
      next.run();
    }
    now = to;
  };
  return { clock, timers, advance };
}

test('each expires at its time, in whatever order they came, and those that were removed never', () => {
  const { clock, advance } = standingClock();
  const deadlines = new Deadlines(clock);
  const random = createRandom(1);
  const expired: [number, number][] = [];
  const all = Array.from({ length: 500 }, () => {
    const at = 1 + Math.floor(random() * 1000);
    return {
      at,
      deadline: deadlines.add(at, { expire: () => expired.push([at, clock.now()]) }),
      isRemoved: random() < 0.5,
    };
  });
  all.filter(({ isRemoved }) => isRemoved).forEach(({ deadline }) => deadlines.remove(deadline));
  for (let now = 0; now <= 1000; now += 1) {
    advance(now);
  }
  const expected = all.filter(({ isRemoved }) => !isRemoved).map(({ at }) => [at, at]);
  expect(expired).toEqual(expected.toSorted(([a = 0], [b = 0]) => a - b));
});

test('requests that end in time cost one timer, not one each', () => {
  const { clock, timers, advance } = standingClock();
  const deadlines = new Deadlines(clock);
  for (let now = 0; now < 1000; now += 1) {
    advance(now);
    deadlines.remove(deadlines.add(now + 5000, { expire: () => {} }));
    expect(timers.size).toBe(1);
  }
  advance(20_000);
  expect(timers.size).toBe(0);
});

test('what expires may remove and add others', () => {
  const { clock, advance } = standingClock();
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
  advance(100);
  expect(expired).toEqual(['third']);
});
