import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { compatible, type CompatibleMemory, downWindowMs } from './compatible.ts';
import type { Observation, ScalingSettings } from './law.ts';

const SETTINGS: ScalingSettings = {
  law: 'compatible',
  maxQueueWaitMs: 500,
  minReplicas: 1,
  maxReplicas: 10,
  targetUtilization: 70,
  refreshPeriodInSeconds: 1,
  maxConcurrentRequestsPerContainer: 1,
};

type Seen = Pick<Observation, 'busy' | 'queued'> & Partial<Pick<Observation, 'isComplete'>>;

/** What this law does not ask for. */
const OTHERWISE = { counts: null, isComplete: true, ready: 0 };

/** One observation a second, each decision carried out. */
function replay(settings: ScalingSettings, current: number, loads: readonly Seen[], stepMs = 1000) {
  let memory: CompatibleMemory | undefined;
  return loads.map((seen, index) => {
    const decision = compatible(settings, { ...OTHERWISE, now: index * stepMs, current, ...seen }, memory);
    memory = decision.memory;
    current = decision.desired;
    return decision;
  });
}

const load = (busy: number, queued = 0): Seen => ({ busy, queued });
const repeated = (count: number, seen: Seen): Seen[] => Array.from({ length: count }, () => seen);
const counts = (decisions: readonly { desired: number }[]): number[] => decisions.map(({ desired }) => desired);

describe('more replicas', () => {
  test.each([
    ['nothing', 0, 0, 1],
    ['one request', 1, 0, 2],
    ['requests that wait count as those that are scored', 3, 4, 10],
    ['exactly the target: no rounding error adds one', 7, 0, 10],
    ['more than the maximum', 50, 50, 10],
  ])('for %s', (_what, busy, queued, desired) => {
    expect(counts(replay(SETTINGS, 1, [load(busy, queued)]))).toEqual([desired]);
  });

  test("the documentation's example: 20 requests/s of 10 s each at 70 % are 286", () => {
    expect(counts(replay({ ...SETTINGS, maxReplicas: 1000 }, 1, [load(200)]))).toEqual([286]);
  });

  test('fewer where each takes several requests', () => {
    expect(counts(replay({ ...SETTINGS, maxConcurrentRequestsPerContainer: 10 }, 1, [load(14)]))).toEqual([2]);
  });

  test('at the first observation that needs them, whatever was before', () => {
    expect(counts(replay(SETTINGS, 1, [...repeated(100, load(0)), load(4)])).slice(-2)).toEqual([1, 6]);
  });

  test('from none, when there may be none', () => {
    const settings = { ...SETTINGS, minReplicas: 0 };
    expect(counts(replay(settings, 0, [load(0), load(0, 1)]))).toEqual([0, 2]);
  });
});

describe('fewer replicas', () => {
  test('only after the window, and then as many as its peak needed', () => {
    const decisions = counts(replay(SETTINGS, 10, [...repeated(30, load(1)), load(3), ...repeated(95, load(1))]));
    expect(decisions.indexOf(5)).toBe(60);
    // The peak of 3 was at 30 s: it counts up to and including 90 s.
    expect(decisions.indexOf(2)).toBe(91);
    expect(new Set(decisions)).toEqual(new Set([10, 5, 2]));
  });

  test('of a service that is looked at seldom: after twenty times its period', () => {
    const settings = { ...SETTINGS, refreshPeriodInSeconds: 10 };
    expect(downWindowMs(settings)).toBe(200_000);
    expect(counts(replay(settings, 5, repeated(22, load(1)), 10_000)).indexOf(2)).toBe(20);
  });

  test('not by what a leader saw that began a moment ago', () => {
    expect(counts(replay(SETTINGS, 5, repeated(59, load(0)))).at(-1)).toBe(5);
  });

  test('not while a router is silent, nor in the window after', () => {
    const silent = { ...load(0), isComplete: false };
    const decisions = counts(replay(SETTINGS, 5, [...repeated(59, load(0)), silent, ...repeated(61, load(0))]));
    expect(decisions.indexOf(1)).toBe(119);
  });

  test('not after a time in which nothing was seen', () => {
    const [first] = replay(SETTINGS, 5, [load(0)]);
    const later = compatible(SETTINGS, { ...OTHERWISE, now: 70_000, current: 5, ...load(0) }, first?.memory);
    expect(later.desired).toBe(5);
  });

  test('at once when the maximum was lowered, and no fewer than the minimum', () => {
    expect(counts(replay({ ...SETTINGS, maxReplicas: 3 }, 5, [load(0)]))).toEqual([3]);
    expect(counts(replay({ ...SETTINGS, minReplicas: 2 }, 3, repeated(62, load(0)))).at(-1)).toBe(2);
  });
});

test.each([
  [1, load(3), 'scaled from 1 to 5: 3 requests in replicas and 0 waiting need 5 replicas at 70 % of 1 per replica'],
  [
    1,
    load(30, 5),
    'scaled from 1 to 10: 30 requests in replicas and 5 waiting need 50 replicas at 70 % of 1 per replica, and maxReplicas is 10',
  ],
  [
    1,
    load(0),
    'kept at 1: 0 requests in replicas and 0 waiting need 0 replicas at 70 % of 1 per replica, and minReplicas is 1',
  ],
  [
    5,
    load(1),
    'kept at 5: 1 requests in replicas and 0 waiting need 2 replicas at 70 % of 1 per replica, and the load is known for 0 s of the 60 s after which there may be fewer',
  ],
])('says why: %#', (current, seen, because) => {
  expect(replay(SETTINGS, current, [seen])[0]?.because).toBe(because);
});

describe('whatever the load', () => {
  const settings = fc
    .record({
      bounds: fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 20 })),
      targetUtilization: fc.integer({ min: 1, max: 100 }),
      refreshPeriodInSeconds: fc.integer({ min: 1, max: 5 }),
      maxConcurrentRequestsPerContainer: fc.integer({ min: 1, max: 8 }),
    })
    .map(({ bounds: [minReplicas, more], ...others }) => ({
      ...SETTINGS,
      ...others,
      minReplicas,
      maxReplicas: minReplicas + more,
    }));
  const loads = fc.array(
    fc.record({ busy: fc.integer({ min: 0, max: 40 }), queued: fc.integer({ min: 0, max: 10 }) }),
    { minLength: 1, maxLength: 250 },
  );

  /** The law in its plainest words: everything that was ever seen is kept. */
  function plainly(rules: ScalingSettings, start: number, seen: readonly Seen[]): number[] {
    const { minReplicas: low, maxReplicas: high, targetUtilization: target } = rules;
    const implied = seen.map(({ busy, queued }) =>
      Math.max(
        low,
        Math.min(high, Math.ceil(((busy + queued) * 100) / (rules.maxConcurrentRequestsPerContainer * target))),
      ),
    );
    const window = downWindowMs(rules) / 1000;
    let current = start;
    return implied.map((now, index) => {
      const highest = Math.max(...implied.slice(Math.max(0, index - window), index + 1));
      current = now > current ? now : Math.min(current, high);
      current = index >= window ? Math.max(now, Math.min(current, highest)) : current;
      return current;
    });
  }

  test('it does what its plainest form does', () => {
    fc.assert(
      fc.property(settings, fc.integer({ min: 0, max: 30 }), loads, (rules, start, seen) => {
        expect(counts(replay(rules, start, seen))).toEqual(plainly(rules, start, seen));
      }),
    );
  });

  test('it remembers no more than it must', () => {
    fc.assert(
      fc.property(settings, loads, (rules, seen) => {
        for (const { memory } of replay(rules, 1, seen)) {
          const heights = memory.peaks.map(({ inflight }) => inflight);
          expect(heights).toEqual(heights.toSorted((a, b) => b - a));
          expect(new Set(heights).size).toBe(heights.length);
        }
      }),
    );
  });
});
