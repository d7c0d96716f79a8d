import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { hashOf } from './hash.ts';
import { Shares } from './shares.ts';

type Percentages = Readonly<Record<string, number>>;

function shares(percentages: Percentages, { absent = '' } = {}): Shares<string> {
  const versions = Object.entries(percentages).map(([name, trafficPercentile]) => ({
    name,
    trafficPercentile,
    value: name === absent ? null : name,
  }));
  return new Shares('e', versions, 'main');
}

const CALLERS = Array.from({ length: 10_000 }, (_, index) => hashOf(`caller-${index}`));

/** Percent of the callers. */
function measured(chosen: Shares<string>): Percentages {
  const counts: Record<string, number> = {};
  for (const caller of CALLERS) {
    const version = chosen.choose(caller) ?? 'none';
    counts[version] = (counts[version] ?? 0) + 100 / CALLERS.length;
  }
  return counts;
}

function expectShares(chosen: Shares<string>, expected: Percentages): void {
  const found = measured(chosen);
  expect(Object.keys(found).toSorted()).toEqual(Object.keys(expected).toSorted());
  for (const [name, percentile] of Object.entries(expected)) {
    expect(Math.abs((found[name] ?? 0) - percentile), `${name} of ${JSON.stringify(found)}`).toBeLessThan(2);
  }
}

describe('requests are divided', () => {
  test.each<[string, Percentages, Percentages]>([
    ['what is allocated to none is of the default', { main: 20, b: 10 }, { main: 90, b: 10 }],
    ['all', { main: 50, b: 50 }, { main: 50, b: 50 }],
    ['fractions', { main: 0, b: 12.5, c: 33.3 }, { main: 54.2, b: 12.5, c: 33.3 }],
    ['nothing for the default', { main: 0, b: 100 }, { b: 100 }],
    [
      'thirds that are more than a whole in floats',
      { main: 0, b: 33.3, c: 33.3, d: 33.4 },
      { b: 33.3, c: 33.3, d: 33.4 },
    ],
    ['the default alone', { main: 0, b: 0 }, { main: 100 }],
    ['six', { a: 5, b: 10, main: 15, c: 20, d: 25, e: 25 }, { a: 5, b: 10, main: 15, c: 20, d: 25, e: 25 }],
  ])('%s', (_what, percentages, expected) => expectShares(shares(percentages), expected));

  test('the share of a version that is not there is the default one’s', () => {
    expectShares(shares({ main: 20, b: 30, c: 50 }, { absent: 'c' }), { main: 70, b: 30 });
  });

  test('without the default, the others divide all, as they did what they had', () => {
    expectShares(shares({ main: 60, b: 30, c: 10 }, { absent: 'main' }), { b: 75, c: 25 });
    expect(shares({ main: 100, b: 0 }, { absent: 'main' }).choose(7)).toBeNull();
    expect(new Shares('e', [], 'main').choose(7)).toBeNull();
  });

  test('a version may have all there is by mistake, and nothing breaks', () => {
    expectShares(shares({ main: 10, b: 100, c: 100 }), { b: 100 });
  });
});

test('as promised, within what chance allows, whatever the percentages', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 1, maxLength: 5 }), (others) => {
      const percentages = Object.fromEntries(others.map((percentile, index) => [`v${index}`, percentile]));
      const found = measured(shares({ ...percentages, main: 0 }));
      for (const [name, percentile] of Object.entries(percentages)) {
        expect(Math.abs((found[name] ?? 0) - percentile)).toBeLessThan(2.5);
      }
    }),
    { numRuns: 20 },
  );
});

describe('a version that grows', () => {
  const grown = fc.record({
    others: fc.array(fc.double({ min: 0.5, max: 15, noNaN: true }), { minLength: 1, maxLength: 5 }),
    more: fc.double({ min: 0.5, max: 20, noNaN: true }),
  });
  const named = (others: readonly number[]): Record<string, number> =>
    Object.fromEntries([...others.map((percentile, index) => [`v${index}`, percentile] as const), ['main', 0]]);

  test('takes callers from the default alone, when it is the last one', () => {
    fc.assert(
      fc.property(grown, ({ others, more }) => {
        const last = `v${others.length - 1}`;
        const before = shares(named(others));
        const after = shares({ ...named(others), [last]: (others.at(-1) ?? 0) + more });
        for (const caller of CALLERS.slice(0, 2000)) {
          const [was, is] = [before.choose(caller), after.choose(caller)];
          expect(was === is || (was === 'main' && is === last)).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('else moves about twice as many as it gets at most, and each to one that is asked earlier', () => {
    fc.assert(
      fc.property(grown, ({ others, more }) => {
        const before = shares(named(others));
        const after = shares({ ...named(others), v0: (others[0] ?? 0) + more });
        const places = [...others.map((_, index) => `v${index}`), 'main'];
        let moved = 0;
        for (const caller of CALLERS) {
          const [was, is] = [before.choose(caller), after.choose(caller)];
          expect(places.indexOf(is ?? '')).toBeLessThanOrEqual(places.indexOf(was ?? ''));
          moved += was === is ? 0 : 100 / CALLERS.length;
        }
        expect(moved).toBeLessThan(2 * more + 1);
      }),
      { numRuns: 10 },
    );
  });
});

test('the hash is the one that is documented', () => {
  expect(['', 'a', 'caller-1', 'ä'].map((text) => hashOf(text))).toEqual([
    2_872_998_923, 444_641_715, 1_307_360_033, 2_618_739_704,
  ]);
});
