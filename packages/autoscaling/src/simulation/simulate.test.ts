import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { Completions } from './completions.ts';
import type { ScalerOf, SimulationSettings } from './scaler.ts';
import { clairvoyant } from './scalers/clairvoyant.ts';
import { horizontal } from './scalers/horizontal.ts';
import { knative } from './scalers/knative.ts';
import { production } from './scalers/production.ts';
import { simulate } from './simulate.ts';
import type { Trace } from './trace.ts';

const SETTINGS: SimulationSettings = {
  law: 'compatible',
  minReplicas: 1,
  maxReplicas: 20,
  targetUtilization: 70,
  refreshPeriodInSeconds: 1,
  maxConcurrentRequestsPerContainer: 1,
  maxQueueWaitMs: 500,
  deadlineMs: 200,
  replicaStartMs: 3000,
  initialReplicas: 1,
};
const SECONDS = 60;
/** No request that is scored ends after it. */
const DURATION_MS = (SECONDS + 10) * 1000;

const kept: ScalerOf =
  () =>
  ({ asked }) =>
    asked;
const trace = (...requests: readonly (readonly [at: number, serviceMs: number])[]): Trace => ({
  name: 'test',
  durationMs: DURATION_MS,
  requests: requests.map(([at, serviceMs]) => ({ at, serviceMs })),
});

const anyTrace = fc
  .array(fc.tuple(fc.integer({ min: 0, max: SECONDS * 1000 }), fc.integer({ min: 1, max: 4000 })), {
    maxLength: 200,
    size: 'max',
  })
  .map((requests) => trace(...requests.toSorted(([a], [b]) => a - b)));
const anySettings = fc.record({
  law: fc.constant('compatible' as const),
  minReplicas: fc.integer({ min: 0, max: 2 }),
  maxReplicas: fc.integer({ min: 3, max: 20 }),
  targetUtilization: fc.integer({ min: 20, max: 100 }),
  refreshPeriodInSeconds: fc.integer({ min: 1, max: 4 }),
  maxConcurrentRequestsPerContainer: fc.integer({ min: 1, max: 4 }),
  maxQueueWaitMs: fc.integer({ min: 0, max: 2000 }),
  deadlineMs: fc.integer({ min: 0, max: 1000 }),
  replicaStartMs: fc.integer({ min: 0, max: 8000 }),
  initialReplicas: fc.integer({ min: 1, max: 3 }),
});
const SCALERS = {
  compatible: production('compatible'),
  forecast: production('forecast'),
  knative,
  horizontal,
  clairvoyant,
};

describe('one replica', () => {
  test('answers one after the other, and refuses who waited as long as a request may', () => {
    const requests = trace([1000, 300], [1000, 300], [1000, 5], [1100, 100]);
    // Slots are free at 1300, 1600 and not before: the third is refused at 1500, and the last gets the one at 1600.
    expect(simulate(requests, { ...SETTINGS, maxQueueWaitMs: 500 }, kept)).toMatchObject({
      answered: 1,
      missed: 2,
      refused: 1,
      p50WaitMs: 300,
      p99WaitMs: 500,
      replicaSeconds: DURATION_MS / 1000,
    });
  });

  test('with two slots takes two at once', () => {
    const settings = { ...SETTINGS, maxConcurrentRequestsPerContainer: 2 };
    expect(simulate(trace([0, 300], [0, 300], [0, 300]), settings, kept)).toMatchObject({ answered: 2, missed: 1 });
  });
});

describe('another replica', () => {
  const upAndDown: ScalerOf =
    () =>
    ({ now }) =>
      now < 10_000 ? 1 : now < 20_000 ? 2 : 1;

  test('takes requests when it has started, and costs from when it is asked for', () => {
    const outcome = simulate(trace([12_900, 500], [12_900, 500], [14_000, 500], [14_000, 500]), SETTINGS, upAndDown);
    expect(outcome).toMatchObject({ answered: 4, p99WaitMs: 100, replicaSeconds: DURATION_MS / 1000 + 10 });
    expect(outcome.replicas.map(({ at, count }) => [at, count])).toEqual([
      [0, 1],
      [10_000, 2],
      [20_000, 1],
    ]);
  });

  test('ends what it has before it goes, costs until then, and takes no more', () => {
    const requests = trace([19_500, 5000], [19_500, 5000], [22_000, 100]);
    expect(simulate(requests, SETTINGS, upAndDown)).toMatchObject({
      answered: 2,
      refused: 1,
      replicaSeconds: DURATION_MS / 1000 + 10 + 4.5,
    });
  });

  test('that has not started goes first', () => {
    const hasty: ScalerOf =
      () =>
      ({ now }) =>
        now < 1000 ? 5 : 1;
    expect(simulate(trace([1500, 10]), SETTINGS, hasty)).toMatchObject({
      answered: 1,
      replicaSeconds: DURATION_MS / 1000 + 4,
    });
  });
});

describe.each(Object.entries(SCALERS))('whatever comes, under %s', (_name, scalerOf) => {
  const runs = { numRuns: scalerOf === clairvoyant ? 10 : 100 };

  test('every request is answered, refused or misses its deadline, and all work is paid for', () => {
    fc.assert(
      fc.property(anyTrace, anySettings, (requests, settings) => {
        const outcome = simulate(requests, settings, scalerOf);
        expect(outcome.answered + outcome.missed + outcome.refused).toBe(requests.requests.length);
        expect(outcome.p50WaitMs).toBeLessThanOrEqual(outcome.p99WaitMs);
        expect(outcome.p99WaitMs).toBeLessThanOrEqual(settings.maxQueueWaitMs);
        const work = requests.requests.reduce((sum, { serviceMs }) => sum + serviceMs, 0) / 1000;
        if (outcome.refused === 0) {
          expect(outcome.replicaSeconds * settings.maxConcurrentRequestsPerContainer).toBeGreaterThan(work - 1e-6);
        }
      }),
      runs,
    );
  });

  test('there are never more replicas than may be, nor fewer', () => {
    fc.assert(
      fc.property(anyTrace, anySettings, (requests, settings) => {
        const [, ...decided] = simulate(requests, settings, scalerOf).replicas;
        for (const { count } of decided) {
          expect(count).toBeGreaterThanOrEqual(Math.min(settings.minReplicas, settings.initialReplicas));
          expect(count).toBeLessThanOrEqual(settings.maxReplicas);
        }
      }),
      runs,
    );
  });
});

describe('who may wait for ever', () => {
  const patient = { maxQueueWaitMs: 1_000_000 };

  test('waits no longer with one replica more', () => {
    fc.assert(
      fc.property(anyTrace, anySettings, (requests, settings) => {
        const outcome = (more: number) =>
          simulate(requests, { ...settings, ...patient, initialReplicas: settings.initialReplicas + more }, kept);
        const [fewer, more] = [outcome(0), outcome(1)];
        expect(more.p50WaitMs).toBeLessThanOrEqual(fewer.p50WaitMs);
        expect(more.p99WaitMs).toBeLessThanOrEqual(fewer.p99WaitMs);
        expect(more.missed).toBeLessThanOrEqual(fewer.missed);
        expect(more.refused).toBe(0);
      }),
    );
  });
});

test('what ends is taken in the order of its time', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 })), (times) => {
      const completions = new Completions<{ at: number }>();
      times.forEach((at) => completions.add({ at }));
      const taken = times.map(() => completions.take()?.at);
      expect(taken).toEqual(times.toSorted((a, b) => a - b));
      expect(completions.take()).toBeUndefined();
    }),
  );
});
