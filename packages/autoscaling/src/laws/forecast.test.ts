import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { forecast, type ForecastMemory } from './forecast.ts';
import type { Observation, ScalingSettings } from './law.ts';

const SETTINGS: ScalingSettings = {
  law: 'forecast',
  minReplicas: 1,
  maxReplicas: 50,
  targetUtilization: 70,
  refreshPeriodInSeconds: 1,
  maxConcurrentRequestsPerContainer: 1,
  maxQueueWaitMs: 500,
};

type Seen = Partial<Observation> & { readonly busy: number };

/** One observation a second, each decision carried out at once. */
function replay(seen: readonly Seen[], settings = SETTINGS, start = 1, stepMs = 1000) {
  let memory: ForecastMemory | undefined;
  let current = start;
  return seen.map((one, index) => {
    const observation = {
      now: index * stepMs,
      queued: 0,
      counts: null,
      isComplete: true,
      current,
      ready: current,
      ...one,
    };
    const decision = forecast(settings, observation, memory);
    memory = decision.memory;
    current = decision.desired;
    return decision;
  });
}

/** Requests of 0.2 s each. */
const rate = (perSecond: number, forSeconds: number, changes: Partial<Observation> = {}): Seen[] =>
  Array.from({ length: forSeconds }, () => ({
    busy: perSecond / 5,
    counts: { arrived: perSecond, answered: perSecond },
    ...changes,
  }));
const last = (decisions: readonly { readonly desired: number }[]): number | undefined => decisions.at(-1)?.desired;

describe('an even load', () => {
  test('gets as many as let few wait, by its rate and not by what is there in one moment', () => {
    const even = rate(20, 200).map((seen, second) => ({ ...seen, busy: second % 2 === 0 ? 1 : 7 }));
    const decisions = replay(even, SETTINGS, 7).slice(40);
    expect(new Set(decisions.slice(40).map(({ desired }) => desired))).toEqual(new Set([6]));
    expect(decisions.at(-1)?.because).toBe(
      'kept at 6: 20.0 requests/s in the last 60 s of 0.20 s each keep 4.0 slots busy; with 6 replicas no more than 2.8 % wait 0.25 s',
    );
  });

  test('has fewer once it is known for half a minute', () => {
    const decisions = replay(rate(5, 60), SETTINGS, 20).map(({ desired }) => desired);
    expect(decisions[29]).toBe(20);
    expect(decisions[30]).toBeLessThan(5);
  });

  test('needs fewer replicas that take several', () => {
    expect(last(replay(rate(20, 60), { ...SETTINGS, maxConcurrentRequestsPerContainer: 4 }, 1))).toBe(2);
  });
});

describe('a surge', () => {
  test('is answered in the second in which it comes, held for half a minute, and left after', () => {
    const decisions = replay([...rate(5, 60), ...rate(60, 10), ...rate(5, 120)]).map(({ desired }) => desired);
    expect(decisions[59]).toBeLessThan(5);
    expect(decisions[60]).toBeGreaterThan(12);
    expect(decisions[95]).toBeGreaterThan(12);
    expect(decisions.at(-1)).toBeLessThan(5);
  });

  test('is seen where refusals hide it from replicas', () => {
    expect(last(replay([...rate(5, 60), ...rate(60, 3, { busy: 1 })]))).toBeGreaterThan(11);
  });

  test('that comes by the clock is expected from the third on', () => {
    const minutes = [0, 1, 2].flatMap(() => [...rate(5, 110), ...rate(60, 10)]);
    const decisions = replay(minutes);
    expect(decisions[109]?.desired).toBeLessThan(5);
    expect(decisions[2 * 120 + 108]?.desired).toBeGreaterThan(12);
    expect(decisions[2 * 120 + 108]?.because).toContain('is expected in 2 s, as the last two were 120 s apart');
  });
});

test('long requests that pile up count where chance does not explain it', () => {
  const decisions = replay([...rate(5, 60), ...rate(5, 20, { busy: 9 })]);
  expect(last(decisions)).toBeGreaterThan(9);
  expect(decisions.at(-1)?.because).toContain('long ones among them');
});

test('what waits counts when a replica that starts now is there in time', () => {
  const patient = { ...SETTINGS, maxQueueWaitMs: 7000 };
  const waiting = (queued: number) => [...rate(5, 60), ...rate(5, 1, { queued })];
  expect(last(replay(waiting(20), patient))).toBe((last(replay(waiting(0), patient)) ?? 0) + 2);
  expect(last(replay(waiting(20)))).toBe(last(replay(waiting(0))));
});

describe('who does not know does not scale down', () => {
  test.each([
    ['a router is silent', rate(0, 40, { isComplete: false })],
    ['nothing is known yet', rate(0, 20)],
  ])('%s', (_why, seen) => {
    expect(last(replay(seen, SETTINGS, 8))).toBe(8);
  });

  test('after a time in which nothing was seen', () => {
    expect(last(replay(rate(1, 40), SETTINGS, 8, 20_000))).toBe(8);
  });
});

test('whatever comes, it is a whole number within the bounds, and little is remembered', () => {
  const count = fc.integer({ min: 0, max: 200 });
  const seen = fc.record({
    busy: count,
    queued: count,
    ready: fc.integer({ min: 0, max: 60 }),
    isComplete: fc.boolean(),
    counts: fc.option(fc.record({ arrived: count, answered: count })),
  });
  fc.assert(
    fc.property(
      fc.array(seen, { minLength: 1, maxLength: 150 }),
      fc.integer({ min: 0, max: 20_000 }),
      (load, maxQueueWaitMs) => {
        for (const { desired, because, memory } of replay(load, { ...SETTINGS, maxQueueWaitMs })) {
          expect(Number.isInteger(desired)).toBe(true);
          expect(desired).toBeGreaterThanOrEqual(SETTINGS.minReplicas);
          expect(desired).toBeLessThanOrEqual(SETTINGS.maxReplicas);
          expect(because).not.toMatch(/NaN|Infinity|undefined/);
          expect(memory.samples.length).toBeLessThanOrEqual(61);
          expect(memory.held.length).toBeLessThanOrEqual(125);
        }
      },
    ),
  );
});
