import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Scaler, ScalerOf, Seen, SimulationSettings } from '../scaler.ts';
import { simulate } from '../simulate.ts';
import type { Trace } from '../trace.ts';
import { clairvoyant } from './clairvoyant.ts';
import { horizontal } from './horizontal.ts';
import { knative } from './knative.ts';
import { production } from './production.ts';

const SETTINGS: SimulationSettings = {
  law: 'compatible',
  minReplicas: 1,
  maxReplicas: 100,
  targetUtilization: 70,
  refreshPeriodInSeconds: 1,
  maxConcurrentRequestsPerContainer: 1,
  maxQueueWaitMs: 500,
  deadlineMs: 200,
  replicaStartMs: 3000,
  initialReplicas: 1,
};

function evenly(perSecond: number, serviceMs: number, seconds: number): Trace {
  const requests = Array.from({ length: perSecond * seconds }, (_, index) => ({
    at: (index * 1000) / perSecond,
    serviceMs,
  }));
  return { name: 'evenly', durationMs: seconds * 1000, requests };
}

const NOTHING: Trace = { name: 'nothing', durationMs: 0, requests: [] };

/** The counts that none of these asks for. */
const SEEN = { arrived: 0, answered: 0 };

/** One look a second at what is in flight; what is asked for is there at once. */
function watch(scalerOf: ScalerOf, inflight: readonly number[], settings = SETTINGS): number[] {
  const scaler: Scaler = scalerOf(settings, NOTHING);
  let asked = settings.initialReplicas;
  return inflight.map((count, second) => {
    const busy = Math.min(count, asked);
    const queued = count - busy;
    const seen: Seen = { ...SEEN, now: second * 1000, busy, queued, meanInflight: count, asked, ready: asked };
    asked = scaler(seen);
    return asked;
  });
}

const repeated = (count: number, inflight: number): number[] => Array.from({ length: count }, () => inflight);

describe("the router's law", () => {
  test("comes to the documentation's example: 20 requests/s of 10 s each at 70 % are 286", () => {
    const settings = { ...SETTINGS, maxReplicas: 1000, initialReplicas: 400 };
    const outcome = simulate(evenly(20, 10_000, 180), settings, production());
    expect(outcome).toMatchObject({ refused: 0, missed: 0 });
    expect(outcome.replicas).toEqual([
      { at: 0, count: 400 },
      { at: 60_000, count: 286 },
    ]);
  });

  test('is asked as seldom as the service says', () => {
    const counts = watch(production(), repeated(10, 7), {
      ...SETTINGS,
      refreshPeriodInSeconds: 5,
      initialReplicas: 10,
    });
    expect(counts).toEqual(repeated(10, 10));
    const late = watch(production(), [0, ...repeated(9, 7)], { ...SETTINGS, refreshPeriodInSeconds: 5 });
    expect(late.indexOf(10)).toBe(5);
  });
});

describe("Knative's", () => {
  test('goes to what the average of a minute needs', () => {
    expect(watch(knative, repeated(61, 7)).at(-1)).toBe(10);
  });

  test('panics when six seconds need twice of what is there, and keeps the most until a minute after', () => {
    const counts = watch(knative, [...repeated(60, 0.6), ...repeated(8, 7), ...repeated(150, 0.6)]);
    expect(counts[59]).toBe(1);
    expect(counts[66]).toBe(10);
    const fewer = counts.findIndex((count, second) => second > 66 && count < 10);
    expect(fewer).toBeGreaterThan(120);
    // No more than half of them at a time, each two seconds.
    expect(counts[fewer]).toBe(5);
    expect(counts.at(-1)).toBe(1);
  });
});

describe('that of Kubernetes', () => {
  test('looks each 15 s and adds as many again or four', () => {
    const counts = watch(horizontal, repeated(61, 35));
    expect([0, 14, 15, 30, 45, 60].map((second) => counts[second])).toEqual([5, 5, 10, 20, 40, 50]);
  });

  test('leaves what is near enough', () => {
    expect(watch(horizontal, repeated(30, 7.5), { ...SETTINGS, initialReplicas: 10 }).at(-1)).toBe(10);
  });

  test('has fewer only when five minutes asked for fewer', () => {
    const counts = watch(horizontal, [...repeated(30, 7), ...repeated(400, 0.7)], { ...SETTINGS, initialReplicas: 10 });
    expect(counts.indexOf(1)).toBeGreaterThanOrEqual(300);
    expect(counts.at(-1)).toBe(1);
  });
});

describe('one that knows what comes', () => {
  test('asks for a replica so early that it is ready for the request that needs it', () => {
    const requests = [
      { at: 30_000, serviceMs: 5000 },
      { at: 30_000, serviceMs: 5000 },
    ];
    const outcome = simulate({ name: 'two', durationMs: 60_000, requests }, SETTINGS, clairvoyant);
    expect(outcome).toMatchObject({ answered: 2, missed: 0, refused: 0 });
    expect(outcome.replicas).toEqual([
      { at: 0, count: 1 },
      { at: 27_000, count: 2 },
      { at: expect.any(Number), count: 1 },
    ]);
  });

  test('lets requests wait where that is no loss', () => {
    const outcome = simulate(
      { name: 'burst', durationMs: 60_000, requests: repeated(3, 30_000).map((at) => ({ at, serviceMs: 90 })) },
      SETTINGS,
      clairvoyant,
    );
    expect(outcome).toMatchObject({ answered: 3, replicaSeconds: 60 });
  });

  test('loses nothing that comes when it can be prepared, and costs no more than others that lose nothing', () => {
    const at = fc.integer({ min: SETTINGS.replicaStartMs + 1000, max: 50_000 });
    const request = fc.record({ at, serviceMs: fc.integer({ min: 50, max: 3000 }) });
    const loads = fc.array(request, { maxLength: 60, size: 'max' }).map((requests): Trace => ({
      name: 'any',
      durationMs: 60_000,
      requests: requests.toSorted((a, b) => a.at - b.at),
    }));
    fc.assert(
      fc.property(loads, fc.integer({ min: 1, max: 12 }), (load, initialReplicas) => {
        const settings = { ...SETTINGS, initialReplicas };
        const limit = simulate(load, settings, clairvoyant);
        expect(limit).toMatchObject({ refused: 0, missed: 0 });
        for (const scalerOf of [production(), knative, horizontal]) {
          const other = simulate(load, settings, scalerOf);
          if (other.refused + other.missed === 0) {
            expect(limit.replicaSeconds).toBeLessThanOrEqual(other.replicaSeconds);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
