import { ManualClock } from '@farled/service';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { Admission } from './admission.ts';
import { afterFailure, HEALTHY } from './ejection.ts';

const ALONE = { isOnTrial: false, replicas: 4, ejected: 0, answers: 100, random: 0 };

function setUp(replicas: readonly string[], slots = 2) {
  const clock = new ManualClock();
  const admission = new Admission(clock, () => 0);
  admission.update({ slots, maxQueueWaitMs: 60_000 }, replicas);
  return { clock, admission };
}

/** Ends as many requests as are asked for: on the bad replicas they fail. */
async function serve({ clock, admission }: ReturnType<typeof setUp>, count: number, bad: ReadonlySet<string>) {
  const failed: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const ticket = admission.tryAdmit(null);
    await clock.advance(1);
    if (ticket === undefined) {
      throw new Error('There was no slot');
    }
    if (bad.has(ticket.replica)) {
      failed.push(ticket.replica);
    }
    ticket.release(bad.has(ticket.replica) ? 'failed' : 'answered');
  }
  return failed;
}

const ejected = (admission: Admission) => admission.replicas.filter(({ isEjected }) => isEjected).map(({ id }) => id);

describe('a replica on which requests fail', () => {
  test('gets nothing after seven in a row, longer each time, up to a minute', () => {
    let health = HEALTHY;
    for (let failures = 1; failures < 7; failures += 1) {
      const after = afterFailure(health, { ...ALONE, answers: 100 + failures });
      expect(after.penaltyMs).toBe(0);
      ({ health } = after);
    }
    const penalties: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const after = afterFailure(health, { ...ALONE, answers: 200, isOnTrial: round > 0 });
      penalties.push(after.penaltyMs);
      ({ health } = after);
    }
    expect(penalties).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  });

  test('costs seven requests, then one a penalty, and comes back with one that is answered', async () => {
    const parts = setUp(['bad', 'good']);
    const { admission, clock } = parts;
    expect(await serve(parts, 200, new Set(['bad']))).toHaveLength(7);
    expect([ejected(admission), admission.ejections]).toEqual([['bad'], 1]);
    await clock.advance(1000);
    expect(await serve(parts, 200, new Set(['bad']))).toHaveLength(1);
    expect(admission.ejections).toBe(2);
    await clock.advance(2000);
    await serve(parts, 20, new Set());
    expect(ejected(admission)).toEqual([]);
    expect(await serve(parts, 200, new Set(['bad']))).toHaveLength(7);
  });

  test('has one request at a time while it is on trial', async () => {
    const parts = setUp(['bad', 'good'], 3);
    const { admission, clock } = parts;
    await serve(parts, 50, new Set(['bad']));
    await clock.advance(1000);
    const taken = Array.from({ length: 4 }, () => admission.tryAdmit(null)?.replica);
    expect(taken.filter((replica) => replica === 'bad')).toHaveLength(1);
    expect(taken.filter((replica) => replica === 'good')).toHaveLength(3);
    expect(admission.tryAdmit(null)).toBeUndefined();
  });

  test('is not to blame for what fails on all of them', async () => {
    const parts = setUp(['a', 'b', 'c', 'd']);
    await serve(parts, 100, new Set(['a', 'b', 'c', 'd']));
    expect(parts.admission.ejections).toBe(0);
  });

  test('is kept when it is the only one', async () => {
    const parts = setUp(['only']);
    await serve(parts, 5, new Set());
    await serve(parts, 50, new Set(['only']));
    expect(parts.admission.ejections).toBe(0);
  });

  test('is taken back when the others leave', async () => {
    const parts = setUp(['bad', 'good']);
    const { admission } = parts;
    await serve(parts, 50, new Set(['bad']));
    admission.update({ slots: 2, maxQueueWaitMs: 100 }, ['bad']);
    expect(ejected(admission)).toEqual([]);
    expect(admission.tryAdmit(null)?.replica).toBe('bad');
  });
});

test('never more than half are out, whatever fails and whoever leaves', async () => {
  const step = fc.record({ fails: fc.array(fc.nat(9), { maxLength: 9 }), replicas: fc.integer({ min: 1, max: 10 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      const parts = setUp([], 1);
      for (const { fails, replicas } of steps) {
        const ids = Array.from({ length: replicas }, (_, index) => String(index));
        parts.admission.update({ slots: 1, maxQueueWaitMs: 100 }, ids);
        for (let index = 0; index < 30; index += 1) {
          const ticket = parts.admission.tryAdmit(null);
          expect(ticket).toBeDefined();
          ticket?.release(fails.includes(Number(ticket.replica)) ? 'failed' : 'answered');
          expect(ejected(parts.admission).length).toBeLessThanOrEqual(Math.floor(replicas / 2));
        }
      }
      expect(parts.admission.inFlight).toBe(0);
    }),
    { numRuns: 100 },
  );
});
