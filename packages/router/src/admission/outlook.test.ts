import fc from 'fast-check';
import { expect, test } from 'vitest';

import { foresee, learnTime, retryAfterSeconds, type Times } from './outlook.ts';

function learned(...took: number[]): Times {
  const times: Times = { usualMs: 0, deviationMs: 0, answers: 0 };
  took.forEach((milliseconds) => learnTime(times, milliseconds));
  return times;
}

const STEADY = learned(...Array.from({ length: 300 }, () => 100));
const usual = { ahead: 0, slots: 2, maxQueueWaitMs: 500, leftMs: Number.POSITIVE_INFINITY };

test.each([
  [10, null],
  [11, null],
  [12, 600],
  [13, 600],
])('with %i before it, two slots and 100 ms each, within 500 ms of waiting: %o', (ahead, needsMs) => {
  const hopeless = foresee(STEADY, { ...usual, ahead });
  expect(hopeless && Math.round(hopeless.needsMs / 10) * 10).toBe(needsMs);
});

test.each([
  [0, 120, true],
  [0, 80, false],
  [4, 350, true],
  [4, 250, false],
  [0, 0, false],
])('with %i before it and %i ms left until its client goes: %o', (ahead, leftMs, mayCome) => {
  expect(foresee(STEADY, { ...usual, ahead, leftMs }) === null).toBe(mayCome);
});

test('nothing is foreseen before some were answered, nor where they differ much', () => {
  const crowded = { ...usual, ahead: 1000, leftMs: 10 };
  expect(foresee(learned(100, 100, 100), crowded)).toBeNull();
  const mixed = learned(...Array.from({ length: 300 }, (_, index) => (index % 10 === 0 ? 1000 : 1)));
  expect(foresee(mixed, crowded)).toBeNull();
});

test('whoever is refused at once would not have come in time: by simulation, slots served in order', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 0, max: 60 }),
      fc.double({ min: 0.95, max: 1.05, noNaN: true }),
      (slots, ahead, pace) => {
        const free = Array.from({ length: slots }, (_, index) => (index * 100) / slots);
        let begins = 0;
        for (let place = 0; place <= ahead; place += 1) {
          free.sort((a, b) => a - b);
          begins = free[0] ?? 0;
          free[0] = begins + 100 * pace;
        }
        const hopeless = foresee(STEADY, { ...usual, slots, ahead });
        expect(hopeless === null || begins >= 500 * 0.95).toBe(true);
      },
    ),
  );
});

test.each([
  [1, 1, 1],
  [100, 2, 5],
  [100_000, 1, 60],
  [10, 0, 1],
])('with %i in line and %i slots, come again in %i s', (queued, slots, seconds) => {
  expect(retryAfterSeconds(STEADY, queued, slots)).toBe(seconds);
});
