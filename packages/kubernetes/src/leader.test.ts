import { ManualClock, silentLogger } from '@farled/service';
import { expect, onTestFinished, test } from 'vitest';

import { startElection } from './leader.ts';
import type { ElectionOptions } from './leader.ts';
import { LeaseStore } from './testing/lease-store.ts';
import type { Way } from './testing/lease-store.ts';

function room() {
  const clock = new ManualClock();
  const store = new LeaseStore();
  const told: string[] = [];
  const join = (identity: string, options: Partial<ElectionOptions> = {}) => {
    let way: Way = 'open';
    const candidate = {
      get way(): Way {
        return way;
      },
      set way(next: Way) {
        way = next;
      },
      election: startElection({
        client: store.client(() => way),
        namespace: 'n',
        name: 'controller',
        identity,
        clock,
        log: silentLogger,
        random: () => 0,
        changed: (leads, term) => told.push(`${identity} ${leads ? 'leads' : 'left'} ${term}`),
        ...options,
      }),
    };
    onTestFinished(async () => {
      candidate.way = 'refused';
      await candidate.election[Symbol.asyncDispose]();
    });
    return candidate;
  };
  return { clock, store, told, join };
}

test('the first leads, and goes on to; the second waits', async () => {
  const { clock, store, told, join } = room();
  const a = join('a');
  await clock.advance(0);
  const b = join('b');
  await clock.advance(120_000);
  expect([a.election.leads(), b.election.leads()]).toEqual([true, false]);
  expect([a.election.term, b.election.term]).toEqual([1, 0]);
  expect(told).toEqual(['a leads 1']);
  expect(store.lease).toMatchObject({
    metadata: { namespace: 'n', name: 'controller' },
    spec: {
      holderIdentity: expect.stringMatching(/^a_[0-9a-f-]{36}$/),
      leaseDurationSeconds: 15,
      leaseTransitions: 1,
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:02:00.000000Z',
    },
  });
});

test('who leaves gives up the lease, and another takes it at its next look', async () => {
  const { clock, store, told, join } = room();
  const a = join('a');
  await clock.advance(0);
  const b = join('b');
  await clock.advance(10_000);
  await a.election[Symbol.asyncDispose]();
  expect(a.election.leads()).toBe(false);
  expect(store.lease?.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
  await clock.advance(2000);
  expect(b.election.leads()).toBe(true);
  expect(told).toEqual(['a leads 1', 'a left 1', 'b leads 2']);
});

test.each(['hanging', 'refused'] as const)(
  'who can not renew (%s) leads no more before anybody else may',
  async (way) => {
    const { clock, told, join } = room();
    const a = join('a');
    await clock.advance(0);
    const b = join('b');
    await clock.advance(10_000);
    a.way = way;
    let leaderless = 0;
    for (let passed = 0; passed < 30_000; passed += 100) {
      await clock.advance(100);
      expect(a.election.leads() && b.election.leads()).toBe(false);
      leaderless += a.election.leads() || b.election.leads() ? 0 : 100;
    }
    expect(b.election.leads()).toBe(true);
    expect(leaderless).toBeGreaterThan(3000);
    expect(leaderless).toBeLessThan(12_000);
    a.way = 'open';
    await clock.advance(10_000);
    expect(told).toEqual(['a leads 1', 'a left 1', 'b leads 2']);
  },
);

test('a short outage costs nothing', async () => {
  const { clock, told, join } = room();
  const a = join('a');
  await clock.advance(10_000);
  a.way = 'hanging';
  await clock.advance(6000);
  a.way = 'open';
  await clock.advance(60_000);
  expect(a.election.leads()).toBe(true);
  expect(told).toEqual(['a leads 1']);
});

test('renewals whose answers are lost are no right to lead; a later one is a new term', async () => {
  const { clock, told, join } = room();
  const a = join('a');
  await clock.advance(10_000);
  a.way = 'deaf';
  await clock.advance(20_000);
  expect(a.election.leads()).toBe(false);
  a.way = 'open';
  await clock.advance(10_000);
  expect(a.election.leads()).toBe(true);
  expect(told[1]).toBe('a left 1');
  expect(told).toHaveLength(3);
  expect(a.election.term).toBeGreaterThan(1);
});

test('who was asleep while the time went by knows it when it wakes, before any timer ran', async () => {
  const { clock, join } = room();
  const asleep = new ManualClock();
  const a = join('a', {
    clock: {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      sleep: (...all) => asleep.sleep(...all),
      after: (...all) => asleep.after(...all),
    },
  });
  await asleep.advance(0);
  expect(a.election.leads()).toBe(true);
  await clock.advance(9999);
  expect(a.election.leads()).toBe(true);
  await clock.advance(1);
  expect(a.election.leads()).toBe(false);
});

test('a clock that is set back does not make a term longer', async () => {
  const { clock, join } = room();
  let shift = 0;
  const a = join('a', {
    clock: {
      now: () => clock.now() + shift,
      monotonic: () => clock.monotonic(),
      sleep: (...all) => clock.sleep(...all),
      after: (...all) => clock.after(...all),
    },
  });
  await clock.advance(0);
  a.way = 'hanging';
  shift = -3_600_000;
  expect(a.election.leads()).toBe(false);
  shift = 1;
  await clock.advance(5000);
  shift = -4999;
  await clock.advance(5000);
  expect(a.election.leads()).toBe(false);
});

test('a lease that somebody deleted is made again, with a greater term', async () => {
  const { clock, store, told, join } = room();
  join('a');
  await clock.advance(4000);
  store.lease = undefined;
  await clock.advance(4000);
  expect(told).toEqual(['a leads 1', 'a leads 2']);
});

test('a listener that fails does not end the election', async () => {
  const { clock, join } = room();
  const a = join('a', {
    changed: () => {
      throw new Error('no');
    },
  });
  await clock.advance(30_000);
  expect(a.election.leads()).toBe(true);
});

test('who leaves while its write is under way leaves nothing behind', async () => {
  const { clock, store, told, join } = room();
  const a = join('a');
  a.way = 'deaf';
  await clock.advance(0);
  expect(store.lease?.spec?.holderIdentity).toMatch(/^a_/);
  const leaving = Promise.resolve(a.election[Symbol.asyncDispose]());
  a.way = 'open';
  await leaving;
  expect(store.lease?.spec?.holderIdentity).toBe('');
  expect(told).toEqual([]);
});

test.each([{ durationSeconds: 10 }, { renewDeadlineSeconds: 4 }, { retrySeconds: 0 }, { durationSeconds: Number.NaN }])(
  'times that do not fit each other are refused: %j',
  (times) => {
    const { join } = room();
    expect(() => join('a', times)).toThrow(/can't be kept/);
  },
);
