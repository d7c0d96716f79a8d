import { latencyBucket } from '@farled/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { decideGate, type GateInput, type GateSettings, quantileBucket } from './gate.ts';
import { NOTHING, type Tally } from './tally.ts';

const SETTINGS: GateSettings = {
  trafficPercentile: 10,
  minimumSeconds: 60,
  minimumRequests: 200,
  maxErrorRateIncrease: 0.01,
  maxP99Ratio: 1.2,
};

/** All took as long. */
function tally(answered: number, changes: Partial<Tally> & { readonly milliseconds?: number } = {}): Tally {
  const { milliseconds = 100, ...others } = changes;
  return { ...NOTHING, answered, latency: { from: latencyBucket(milliseconds), counts: [answered] }, ...others };
}

const decide = (
  treatment: Tally,
  {
    control = tally(2000),
    seconds = 61,
    ...changes
  }: Partial<GateInput & GateSettings> & { readonly seconds?: number } = {},
) => decideGate({ settings: { ...SETTINGS, ...changes }, control, treatment, since: 0, now: seconds * 1000 });

describe('a step goes on', () => {
  test('while it has not had its time, or its requests', () => {
    expect(decide(tally(500), { seconds: 59 })).toEqual({
      decision: 'hold',
      because: 'After 59 of at least 60 s, 500 of at least 200 requests have come at 10 % of the traffic.',
    });
    expect(decide(tally(199), { seconds: 10_000 }).decision).toBe('hold');
    expect(decide(NOTHING, { seconds: 10_000 }).decision).toBe('hold');
  });

  test('until there are enough for a 99th percentile, if that is to be compared', () => {
    expect(decide(tally(60), { minimumRequests: 50 })).toMatchObject({ decision: 'hold' });
    expect(decide(tally(60), { minimumRequests: 50, maxP99Ratio: null })).toMatchObject({ decision: 'advance' });
    expect(decide(NOTHING, { minimumRequests: 0, maxP99Ratio: null })).toMatchObject({ decision: 'hold' });
  });

  test('with a few errors, which may be chance', () => {
    expect(decide(tally(20, { errors: 4 }), { seconds: 5 }).decision).toBe('hold');
    expect(decide(tally(2000, { errors: 25 }), { seconds: 5 }).decision).toBe('hold');
  });

  test('when the clock was set back', () => {
    expect(decide(tally(500), { seconds: -5 }).decision).toBe('hold');
  });
});

describe('the rollout is taken back', () => {
  test('at once, by errors that are none of chance', () => {
    expect(decide(tally(20, { errors: 20 }), { seconds: 1 })).toEqual({
      decision: 'rollBack',
      because: "20 of 20 requests failed (100 %), against 0 % of the control's 2000, and 1 % more are allowed.",
    });
  });

  test('at the end of the step, by a rate that is above the limit', () => {
    expect(decide(tally(2000, { errors: 25 })).decision).toBe('rollBack');
    expect(decide(tally(2000, { errors: 25 }), { control: tally(2000, { errors: 10 }) }).decision).toBe('advance');
    expect(decide(tally(2000, { errors: 25 }), { maxErrorRateIncrease: null }).decision).toBe('advance');
  });

  test('by requests that found no slot', () => {
    expect(decide(tally(950, { refused: 50 }))).toMatchObject({
      decision: 'rollBack',
      because: expect.stringContaining('50 of 1000 requests failed (5 %)') as string,
    });
  });

  test('by a 99th percentile that is above the limit, and not by a few milliseconds', () => {
    expect(decide(tally(500, { milliseconds: 150 }))).toEqual({
      decision: 'rollBack',
      because: 'The 99th percentile is 159 ms, against 103 ms of the control, and 1.2 times as much is allowed.',
    });
    expect(decide(tally(500, { milliseconds: 150 }), { maxP99Ratio: 2 }).decision).toBe('advance');
    expect(decide(tally(500, { milliseconds: 150 }), { maxP99Ratio: null }).decision).toBe('advance');
    // In the next bucket, which may begin where this one ends.
    expect(decide(tally(500, { milliseconds: 110 }), { maxP99Ratio: 1 }).decision).toBe('advance');
    const fast = { control: tally(2000, { milliseconds: 1 }) };
    expect(decide(tally(500, { milliseconds: 4 }), fast).decision).toBe('advance');
  });

  test('without a control to compare with, by the limit alone', () => {
    expect(decide(tally(500, { errors: 50 }), { control: NOTHING })).toEqual({
      decision: 'rollBack',
      because:
        '50 of 500 requests failed (10 %), against 1 % are allowed, and the control had no more than 0 to compare with.',
    });
    // Half of its two requests failed, which says nothing.
    expect(decide(tally(500, { errors: 50 }), { control: tally(2, { errors: 1 }) }).decision).toBe('rollBack');
    expect(decide(tally(500), { control: NOTHING })).toMatchObject({
      decision: 'advance',
      because: expect.stringContaining('too few to compare how long they took') as string,
    });
  });
});

test('the next step is taken with the numbers that allow it', () => {
  expect(decide(tally(1000, { errors: 3 }))).toEqual({
    decision: 'advance',
    because:
      "0.3 % of 1000 requests failed, 0 % of the control's 2000; the 99th percentile is 103 ms, against 103 ms of the control.",
  });
});

test('a version as good as the control is not taken back, however often it is looked at', () => {
  // A generator of its own, so that the chance is the same each time.
  let state = 1;
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  let takenBack = 0;
  for (let rollout = 0; rollout < 300; rollout += 1) {
    let errors = 0;
    for (let requests = 1; requests <= 400; requests += 1) {
      errors += random() < 0.02 ? 1 : 0;
      const control = tally(4000, { errors: 80 });
      if (decide(tally(requests, { errors }), { control, seconds: 1 }).decision === 'rollBack') {
        takenBack += 1;
        break;
      }
    }
  }
  expect(takenBack).toBeLessThanOrEqual(3);
});

test('more errors never turn a decision for the better', () => {
  const order = ['rollBack', 'hold', 'advance'];
  const input = fc.record({
    answered: fc.integer({ min: 1, max: 5000 }),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
    seconds: fc.integer({ min: 0, max: 120 }),
  });
  fc.assert(
    fc.property(input, ({ answered, part, seconds }) => {
      const errors = Math.floor(answered * part);
      const [some, more] = [errors, Math.min(answered, errors + 5)].map(
        (count) => decide(tally(answered, { errors: count }), { seconds }).decision,
      );
      expect(order.indexOf(more ?? '')).toBeLessThanOrEqual(order.indexOf(some ?? ''));
    }),
  );
});

test('a quantile is in the bucket of the request that it counts to', () => {
  expect(quantileBucket({ from: 0, counts: [] }, 0.99)).toBeNull();
  const counts = [98, 0, 2];
  expect([0.01, 0.98, 0.99, 1].map((fraction) => quantileBucket({ from: 8, counts }, fraction))).toEqual([
    8, 8, 10, 10,
  ]);
});
