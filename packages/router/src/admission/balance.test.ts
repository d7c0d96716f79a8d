import { expect, test } from 'vitest';

import { learnLatency, type Load, OpenReplicas } from './balance.ts';
import { type Rule, type Setting, simulateBalance, type SimulatedReplica } from './testing/simulate-balance.ts';

type Replica = SimulatedReplica & Load;

/** The same ones each time: a linear congruential generator with the constants of Numerical Recipes. */
function randomNumbers(): () => number {
  let state = 42;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

function replicas(count: number): Replica[] {
  return Array.from({ length: count }, (_, index) => ({
    id: String(index),
    inFlight: 0,
    latencyMs: -1,
    latencyAt: 0,
    place: -1,
    isOnTrial: false,
  }));
}

function ours(all: readonly Replica[], slots: number): Rule {
  const open = new OpenReplicas<Replica>();
  all.forEach((replica) => open.add(replica));
  let usualMs = 0;
  return {
    take: (now) => {
      const replica = open.choose(usualMs || 1, now);
      if (replica?.inFlight === slots - 1) {
        open.remove(replica);
      }
      return replica;
    },
    answered: (replica, tookMs, now) => {
      learnLatency(replica as Replica, tookMs, now);
      usualMs = usualMs === 0 ? tookMs : usualMs + (tookMs - usualMs) * 0.02;
      open.add(replica as Replica);
    },
  };
}

function leastLoaded(all: readonly SimulatedReplica[], slots: number): Rule {
  let turn = 0;
  return {
    take: () => {
      turn += 1;
      const from = turn % all.length;
      const open = [...all.slice(from), ...all.slice(0, from)];
      const free = open.filter(({ inFlight }) => inFlight < slots);
      return free.toSorted((a, b) => a.inFlight - b.inFlight)[0];
    },
    answered: () => {},
  };
}

const p99 = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length * 0.99)] ?? 0;
const equal = (count: number): number[] => Array.from({ length: count }, () => 1);
/** A quarter of them takes four times as long. */
const mixed = (count: number): number[] => equal(count).map((one, index) => (index % 4 === 3 ? 4 : one));
const usual = { meanMs: 20, spread: 1, load: 0.6, requests: 6000 };

test.each<[string, Setting, number]>([
  ['20 equal ones', { ...usual, slowness: equal(20), slots: 8, isShared: true }, 1.1],
  ['100 equal ones', { ...usual, slowness: equal(100), slots: 8, isShared: true }, 1.1],
  ['4 equal ones', { ...usual, slowness: equal(4), slots: 4, isShared: true }, 1.1],
  ['60 with one slot', { ...usual, slowness: equal(60), slots: 1, isShared: false }, 1.01],
  ['4 of which one is slow', { ...usual, slowness: mixed(4), slots: 4, isShared: true }, 0.7],
  ['20 of which five are slow', { ...usual, slowness: mixed(20), slots: 8, isShared: true }, 0.8],
  ['100 of which 25 are slow', { ...usual, slowness: mixed(100), slots: 8, isShared: true }, 0.8],
  ['slow ones with one slot', { ...usual, slowness: mixed(8), slots: 1, isShared: false }, 1.01],
])('against the least loaded, p99 of %s', (_what, setting, factor) => {
  const [a, b] = [replicas(setting.slowness.length), replicas(setting.slowness.length)];
  const chosen = p99(simulateBalance(setting, a, ours(a, setting.slots), randomNumbers()));
  const least = p99(simulateBalance(setting, b, leastLoaded(b, setting.slots), randomNumbers()));
  expect(chosen).toBeLessThan(least * factor);
});

test('a replica is found as quickly among a thousand', () => {
  const looked = (count: number): number => {
    const open = new OpenReplicas<Replica>();
    let looks = 0;
    for (const replica of replicas(count)) {
      open.add(
        Object.defineProperty(replica, 'isOnTrial', {
          get: () => {
            looks += 1;
            return false;
          },
        }),
      );
    }
    open.choose(1, 0);
    return looks;
  };
  expect([looked(2), looked(32), looked(1000)]).toEqual([2, 32, 32]);
});

test('of a thousand that are alike, all get their share', () => {
  const open = new OpenReplicas<Replica>();
  const all = replicas(1000);
  all.forEach((replica) => open.add(replica));
  for (let index = 0; index < 5000; index += 1) {
    const replica = open.choose(1, 0);
    if (replica !== undefined) {
      replica.inFlight += 1;
    }
  }
  expect(Math.max(...all.map(({ inFlight }) => inFlight))).toBeLessThanOrEqual(6);
  expect(Math.min(...all.map(({ inFlight }) => inFlight))).toBeGreaterThanOrEqual(4);
});
