import { ManualClock } from '@farled/service';
import { describe, expect, test } from 'vitest';

import { Admission, type Admitted, type Applicant, type Ticket } from './admission.ts';

const never = new AbortController().signal;
const anyone: Applicant = { caller: '', deadline: Number.POSITIVE_INFINITY, since: null };

function setUp(slots: number, maxQueueWaitMs: number, replicas: readonly string[]) {
  const clock = new ManualClock();
  const admission = new Admission(clock);
  admission.update({ slots, maxQueueWaitMs }, replicas);
  return { clock, admission };
}

function now(admitted: Admitted | Promise<Admitted>): Ticket {
  if (admitted instanceof Promise || admitted.outcome !== 'admitted') {
    throw new Error('Was not admitted at once');
  }
  return admitted.ticket;
}

async function ticketOf(admitted: Admitted | Promise<Admitted>): Promise<Ticket> {
  const result = await admitted;
  if (result.outcome !== 'admitted') {
    throw new Error(`Was refused after ${result.waitedMs} ms`);
  }
  return result.ticket;
}

describe('a slot', () => {
  test('is taken on the least loaded of equal replicas', () => {
    const { admission } = setUp(2, 0, ['a', 'b', 'c']);
    const taken = Array.from({ length: 6 }, () => now(admission.admit(never, anyone)).replica);
    expect(taken.slice(0, 3).toSorted()).toEqual(['a', 'b', 'c']);
    expect(taken.slice(3).toSorted()).toEqual(['a', 'b', 'c']);
    expect(admission.inFlight).toBe(6);
  });

  test('that is released goes to the first in line', async () => {
    const { admission } = setUp(1, 1000, ['a']);
    const first = now(admission.admit(never, anyone));
    const order: string[] = [];
    const second = ticketOf(admission.admit(never, anyone)).then((ticket) => (order.push('second'), ticket));
    const third = ticketOf(admission.admit(never, anyone)).then((ticket) => (order.push('third'), ticket));
    first.release();
    (await second).release();
    (await third).release();
    expect(order).toEqual(['second', 'third']);
    expect(admission.inFlight).toBe(0);
  });
});

describe('waiting', () => {
  test('ends with a refusal that says how long it was', async () => {
    const { admission, clock } = setUp(1, 500, ['a']);
    now(admission.admit(never, anyone));
    const waiting = admission.admit(never, anyone);
    await clock.advance(500);
    expect(await waiting).toEqual({ outcome: 'overloaded', waitedMs: 500 });
    expect(admission.queued).toBe(0);
  });

  test('ends when the client goes, and its place with it', async () => {
    const { admission } = setUp(1, 500, ['a']);
    const ticket = now(admission.admit(never, anyone));
    const gone = new AbortController();
    const waiting = admission.admit(gone.signal, anyone);
    gone.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    ticket.release();
    expect(admission.inFlight).toBe(0);
  });

  test('ends when a replica comes', async () => {
    const { admission } = setUp(1, 500, []);
    const waiting = admission.admit(never, anyone);
    admission.update({ slots: 1, maxQueueWaitMs: 500 }, ['new']);
    expect((await ticketOf(waiting)).replica).toBe('new');
  });

  test('is over for all when the service goes', async () => {
    const { admission } = setUp(1, 500, []);
    const waiting = admission.admit(never, anyone);
    admission.close();
    expect((await waiting).outcome).toBe('overloaded');
  });

  test('a newcomer does not overtake those in line', async () => {
    const { admission, clock } = setUp(1, 500, ['a']);
    now(admission.admit(never, anyone)).rest('refusal');
    const first = admission.admit(never, anyone);
    const second = admission.admit(never, anyone);
    await clock.advance(60);
    const ticket = await ticketOf(first);
    expect(admission.queued).toBe(1);
    ticket.release();
    await ticketOf(second);
  });
});

test('what others took says at once who can not come in time, and when the line will be gone', async () => {
  const { admission, clock } = setUp(1, 500, ['a']);
  for (let index = 0; index < 200; index += 1) {
    const ticket = now(admission.admit(never, anyone));
    await clock.advance(200);
    ticket.release();
  }
  const hurried = { ...anyone, deadline: clock.now() + 100 };
  expect(admission.foresee(hurried, 1)).toMatchObject({ mayTakeMs: 100, ahead: 0, isOfClient: true });
  expect(admission.refusedAtOnce).toBe(1);
  now(admission.admit(never, anyone));
  const waiting = Array.from({ length: 4 }, () => admission.wait(never, anyone));
  expect(admission.foresee(anyone, 1)).toMatchObject({ mayTakeMs: 500, ahead: 4, isOfClient: false });
  expect(admission.foresee(anyone, 3)).toBeNull();
  expect(admission.foresee({ ...anyone, caller: 'other' }, 1)).toBeNull();
  expect(admission.retryAfterSeconds).toBe(1);
  await clock.advance(500);
  expect((await Promise.all(waiting)).map(({ outcome }) => outcome)).toEqual(waiting.map(() => 'overloaded'));
});

describe('a replica that did not begin a request', () => {
  test('rests, and the request goes to another one, before those that came later', async () => {
    const { admission, clock } = setUp(1, 500, ['a', 'b']);
    const refused = now(admission.admit(never, anyone));
    const other = now(admission.admit(never, anyone));
    const later = admission.admit(never, anyone);
    refused.rest('refusal');
    const again = admission.admit(never, { ...anyone, since: clock.now() });
    other.release();
    expect((await ticketOf(again)).replica).toBe(other.replica);
    await clock.advance(60);
    expect((await ticketOf(later)).replica).toBe(refused.replica);
  });
});

test('a replica that is busy for another router is asked again soon, and less often the longer that takes', async () => {
  const { admission, clock } = setUp(1, 60_000, ['a']);
  const began = clock.now();
  const asked: number[] = [];
  for (let index = 0; index < 9; index += 1) {
    const waiting = ticketOf(admission.admit(never, anyone));
    while (admission.queued > 0) {
      await clock.advance(1);
    }
    asked.push(clock.now() - began);
    (await waiting).rest('refusal');
  }
  expect(asked).toEqual([0, 2, 6, 14, 30, 62, 112, 162, 212]);
});

describe('a replica that can not be reached', () => {
  /** How long after it was tried it is given the request that waits. */
  async function restOf({ admission, clock }: ReturnType<typeof setUp>): Promise<number> {
    now(admission.admit(never, anyone)).rest('connection');
    const tried = clock.now();
    const waiting = ticketOf(admission.admit(never, anyone));
    while (admission.queued > 0) {
      await clock.advance(1);
    }
    // Gone again, without a word of whether it answered.
    const ticket = await waiting;
    admission.update({ slots: 1, maxQueueWaitMs: 60_000 }, ['a', 'spare']);
    admission.update({ slots: 1, maxQueueWaitMs: 60_000 }, ['a']);
    ticket.rest('connection');
    return clock.now() - tried;
  }

  test('rests longer each time, up to seconds, and no more once it answered', async () => {
    const parts = setUp(1, 60_000, ['a']);
    const { admission, clock } = parts;
    const rests: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      rests.push(await restOf(parts));
      await clock.advance(10_000);
    }
    expect(rests).toEqual([50, 200, 800, 3200, 5000]);
    now(admission.admit(never, anyone)).release();
    expect(await restOf(parts)).toBe(50);
  });

  test('leaves its requests to the others', async () => {
    const { admission, clock } = setUp(1, 60_000, ['gone', 'good']);
    const taken: string[] = [];
    for (let index = 0; index < 50; index += 1) {
      const ticket = await ticketOf(admission.admit(never, anyone));
      taken.push(ticket.replica);
      if (ticket.replica === 'gone') {
        ticket.rest('connection');
      } else {
        ticket.release();
      }
      await clock.advance(20);
    }
    expect(taken.filter((replica) => replica === 'gone').length).toBeLessThan(8);
  });
});

describe('a replica that leaves the table', () => {
  test('keeps what is on it and gets nothing more', () => {
    const { admission } = setUp(2, 500, ['old']);
    const ticket = now(admission.admit(never, anyone));
    admission.update({ slots: 2, maxQueueWaitMs: 500 }, ['new']);
    expect(now(admission.admit(never, anyone)).replica).toBe('new');
    expect(admission.replicas).toMatchObject([
      { id: 'new', inFlight: 1 },
      { id: 'old', inFlight: 1 },
    ]);
    ticket.release();
    expect(admission.replicas).toMatchObject([{ id: 'new', inFlight: 1 }]);
  });

  test('and comes back has not forgotten what is on it', () => {
    const { admission } = setUp(1, 0, ['a']);
    now(admission.admit(never, anyone));
    admission.update({ slots: 1, maxQueueWaitMs: 0 }, []);
    admission.update({ slots: 1, maxQueueWaitMs: 0 }, ['a']);
    expect(admission.replicas).toMatchObject([{ id: 'a', inFlight: 1 }]);
    expect(admission.admit(never, anyone)).toBeInstanceOf(Promise);
  });
});
