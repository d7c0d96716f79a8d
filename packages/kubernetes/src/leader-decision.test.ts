import fc from 'fast-check';
import { expect, test } from 'vitest';

import { decide, holds, NOTHING_SEEN, observe, waited } from './leader-decision.ts';
import type { Decision, LeaseView, Observation, Tenure } from './leader-decision.ts';

const lease: LeaseView = { holder: 'b', term: 4, durationMs: 15_000, version: '1' };
const seen: Observation = { lease, unchangedMs: 0, highestTerm: 4 };

test.each<[string, Observation, number | undefined, Decision]>([
  ['no lease', NOTHING_SEEN, undefined, { act: 'create', term: 1 }],
  ['no lease any more', { ...NOTHING_SEEN, highestTerm: 7 }, 7, { act: 'create', term: 8 }],
  ["somebody else's", seen, undefined, { act: 'wait' }],
  ['just not run out', { ...seen, unchangedMs: 14_999 }, undefined, { act: 'wait' }],
  ['run out', { ...seen, unchangedMs: 15_000 }, undefined, { act: 'take', term: 5 }],
  ['given up', { ...seen, lease: { ...lease, holder: '' } }, undefined, { act: 'take', term: 5 }],
  ['ours', { ...seen, lease: { ...lease, holder: 'a' } }, 4, { act: 'renew', term: 4 }],
  ['ours, lapsed', { ...seen, lease: { ...lease, holder: 'a' } }, undefined, { act: 'take', term: 5 }],
  ['ours, of another term', { ...seen, lease: { ...lease, holder: 'a' } }, 3, { act: 'take', term: 5 }],
])('%s', (_what, observation, leads, decision) => {
  expect(decide(observation, { identity: 'a', leads })).toEqual(decision);
});

test('time counts from the first sight of a version', () => {
  const first = waited(observe(NOTHING_SEEN, lease), 5000);
  expect(observe(first, lease).unchangedMs).toBe(5000);
  expect(observe(first, { ...lease, version: '2' }).unchangedMs).toBe(0);
  expect(observe(first, undefined)).toEqual({ lease: undefined, unchangedMs: 0, highestTerm: 4 });
});

const DURATION_MS = 15_000;
const DEADLINE_MS = 10_000;
const RETRY_MS = 2000;

/**
 * Candidates and an API server of which every message may be late or lost, every process paused at any point for any
 * time, and every clock wrong. One step of a candidate is what happens between two of its awaits.
 */
class Candidate {
  readonly #identity: string;
  /** How fast its clock runs. */
  readonly #rate: number;
  readonly #server: { lease: LeaseView | undefined; version: number };
  #seen = NOTHING_SEEN;
  #tenure: (Tenure & { readonly timerFrom: number }) | undefined;
  #jump = 0;
  #at: 'asleep' | 'reading' | 'written' = 'asleep';
  #sleepsUntil = 0;
  #read: LeaseView | undefined;
  #answer: { readonly tenure: Tenure & { readonly timerFrom: number }; readonly lease: LeaseView } | undefined;

  constructor(identity: string, rate: number, server: { lease: LeaseView | undefined; version: number }) {
    this.#identity = identity;
    this.#rate = rate;
    this.#server = server;
  }

  /** Its timers run by a clock that nobody sets. */
  #elapsed(time: number): number {
    return time * this.#rate;
  }

  #now(time: number): number {
    return this.#elapsed(time) + this.#jump;
  }

  setClock(jump: number): void {
    this.#jump += jump;
  }

  /** `timers`: whether it is awake, so that its timers have run. */
  leads(time: number, timers: boolean): number | undefined {
    const tenure = this.#tenure;
    const holding =
      tenure !== undefined &&
      holds(tenure, this.#now(time), DEADLINE_MS) &&
      (!timers || this.#elapsed(time) - tenure.timerFrom < DEADLINE_MS);
    return holding ? tenure.term : undefined;
  }

  step(time: number, fault: 'none' | 'request lost' | 'answer lost', timers: boolean): void {
    switch (this.#at) {
      case 'asleep':
        if (this.#elapsed(time) >= this.#sleepsUntil) {
          this.#seen = waited(this.#seen, RETRY_MS);
          this.#read = this.#server.lease;
          this.#at = 'reading';
        }
        return;
      case 'reading':
        this.#decide(time, fault, timers);
        return;
      case 'written':
        if (this.#answer !== undefined) {
          this.#tenure = this.#answer.tenure;
          this.#seen = observe(this.#seen, this.#answer.lease);
        }
        this.#sleep(time);
    }
  }

  #decide(time: number, fault: 'none' | 'request lost' | 'answer lost', timers: boolean): void {
    this.#seen = observe(this.#seen, this.#read);
    if (this.leads(time, timers) === undefined || this.#read?.holder !== this.#identity) {
      this.#tenure = undefined;
    }
    const decision = decide(this.#seen, { identity: this.#identity, leads: this.#tenure?.term });
    if (decision.act === 'wait' || fault === 'request lost') {
      this.#sleep(time);
      return;
    }
    this.#answer = undefined;
    if (this.#server.lease?.version === this.#read?.version) {
      this.#server.version += 1;
      const version = String(this.#server.version);
      const written = { holder: this.#identity, term: decision.term, durationMs: DURATION_MS, version };
      this.#server.lease = written;
      if (fault === 'none') {
        const tenure = { term: decision.term, sentAt: this.#now(time), timerFrom: this.#elapsed(time) };
        this.#answer = { tenure, lease: written };
      }
    }
    this.#at = 'written';
  }

  #sleep(time: number): void {
    this.#at = 'asleep';
    this.#sleepsUntil = this.#elapsed(time) + RETRY_MS;
  }
}

const tick = fc.record({
  // Messages and turns of event loops take a moment; now and then the world stands still.
  after: fc.oneof({ weight: 40, arbitrary: fc.nat(500) }, { weight: 1, arbitrary: fc.nat(20_000) }),
  fault: fc.oneof(
    { weight: 10, arbitrary: fc.constant('none' as const) },
    fc.constantFrom('request lost' as const, 'answer lost' as const),
  ),
  // Somebody does nothing for so many ticks, wherever it is just then.
  freeze: fc.oneof(
    { weight: 30, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.record({ who: fc.nat(2), ticks: fc.nat(150) }) },
  ),
  jump: fc.oneof(
    { weight: 20, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.record({ who: fc.nat(2), by: fc.integer({ min: -60_000, max: 60_000 }) }) },
  ),
});
const rates = fc.tuple(...Array.from({ length: 3 }, () => fc.double({ min: 0.85, max: 1.15, noNaN: true })));

test.each([
  ['are paused at any point, with clocks that drift', false],
  ["have clocks that are set to anything, and timers that run while they don't sleep", true],
])('two never lead at a time when they %s', (_what, jumps) => {
  let terms = 0;
  fc.assert(
    fc.property(rates, fc.array(tick, { minLength: 200, maxLength: 400, size: 'max' }), (speeds, ticks) => {
      const server = { lease: undefined as LeaseView | undefined, version: 0 };
      const candidates = speeds.map((rate, index) => new Candidate('abc'[index] ?? '', rate, server));
      const leaders = new Map<number, number>();
      let time = 0;
      let highest = 0;
      const frozenUntil = [0, 0, 0];
      for (const [index, { after, fault, jump, freeze }] of ticks.entries()) {
        time += after;
        if (freeze !== undefined) {
          frozenUntil[freeze.who] = index + freeze.ticks;
        }
        if (jumps && jump !== undefined) {
          candidates[jump.who]?.setClock(jump.by);
        }
        candidates
          .filter((_one, who) => (frozenUntil[who] ?? 0) <= index)
          .forEach((candidate) => candidate.step(time, fault, jumps));
        const leading = candidates.flatMap((one, at) => {
          const term = one.leads(time, jumps);
          return term === undefined ? [] : [{ at, term }];
        });
        expect(leading.length).toBeLessThanOrEqual(1);
        for (const { at, term } of leading) {
          // A term has one leader, and later leaders have later terms.
          expect(leaders.get(term) ?? at).toBe(at);
          expect(term).toBeGreaterThanOrEqual(highest);
          highest = term;
          leaders.set(term, at);
        }
      }
      terms += leaders.size - 1;
    }),
    // Smaller counterexamples take minutes to find, and are hardly easier to read.
    { numRuns: 300, endOnFailure: true },
  );
  // Else the simulation would show nothing.
  expect(terms).toBeGreaterThan(300);
});
