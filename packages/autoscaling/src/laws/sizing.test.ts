import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { chanceToWait, slotsFor } from './sizing.ts';

describe('the chance to wait', () => {
  test.each([
    // source: tables of Erlang's C formula.
    [1, 0.5, 0.5],
    [2, 1, 1 / 3],
    [5, 4, 0.5541],
    [10, 7, 0.2217],
  ])('of %d slots with %d busy is %d', (slots, load, chance) => {
    expect(chanceToWait(slots, load, 0)).toBeCloseTo(chance, 3);
  });

  test('is less with more slots and longer patience, and never none or above one', () => {
    const load = fc.double({ min: 0.01, max: 500, noNaN: true });
    fc.assert(
      fc.property(
        load,
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: 0, max: 10, noNaN: true }),
        (busy, slots, patience) => {
          const chance = chanceToWait(slots, busy, patience);
          expect(chance).toBeGreaterThanOrEqual(0);
          expect(chance).toBeLessThanOrEqual(1);
          expect(chanceToWait(slots + 1, busy, patience)).toBeLessThanOrEqual(chance);
          expect(chanceToWait(slots, busy, patience + 1)).toBeLessThanOrEqual(chance);
        },
      ),
    );
  });
});

test('slots are the fewest that suffice, or as many as there may be', () => {
  expect(slotsFor(0, 1, 0.03, 10)).toBe(0);
  expect(slotsFor(500, 1, 0.03, 10)).toBe(10);
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 200, noNaN: true }),
      fc.double({ min: 0, max: 5, noNaN: true }),
      (load, patience) => {
        const slots = slotsFor(load, patience, 0.03, 10_000);
        expect(chanceToWait(slots, load, patience)).toBeLessThanOrEqual(0.03);
        expect(chanceToWait(slots - 1, load, patience)).toBeGreaterThan(0.03);
      },
    ),
  );
});
