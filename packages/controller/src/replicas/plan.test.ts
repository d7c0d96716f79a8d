import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { ObservedReplica } from '../substrate/substrate.ts';
import { type PlanInput, planReplicas } from './plan.ts';

let serial = 0;
function replica(revision: string, phase: ObservedReplica['phase'], startedAt = serial): ObservedReplica {
  serial += 1;
  return {
    id: `${revision}-${serial}`,
    serviceId: 's',
    revision,
    phase,
    address: { kind: 'unix', path: '/x' },
    startedAt,
    exit: phase === 'exited' ? { at: startedAt + 1, code: 1, signal: null, hadBeenReady: false, failure: null } : null,
  };
}

function plan(input: Partial<PlanInput>) {
  return planReplicas({ target: { revision: 'new', replicas: 2 }, observed: [], notBefore: 0, now: 1000, ...input });
}

describe('planning replicas', () => {
  test('a first deployment starts all of them at once', () => {
    expect(plan({})).toMatchObject({ start: 2, retire: [], route: [], recheckAfterMs: null });
  });

  test('starting replicas count: nothing is started twice', () => {
    expect(plan({ observed: [replica('new', 'starting'), replica('new', 'starting')] }).start).toBe(0);
  });

  test('an update starts one new replica beside the old ones and retires nobody yet', () => {
    const observed = [replica('old', 'ready'), replica('old', 'ready')];
    const result = plan({ observed });
    expect(result).toMatchObject({ start: 1, retire: [] });
    expect(result.route).toHaveLength(2);
  });

  test('an update retires the oldest old replica once a new one is ready', () => {
    const [older, younger] = [replica('old', 'ready', 1), replica('old', 'ready', 2)];
    const fresh = replica('new', 'ready', 3);
    const result = plan({ observed: [younger, older, fresh] });
    expect(result.retire).toEqual([older.id]);
    expect(result.route).toEqual([fresh, younger]);
  });

  test('an old replica that is not ready is of no use and goes first', () => {
    const broken = replica('old', 'unready');
    const result = plan({ observed: [broken, replica('old', 'ready')] });
    expect(result.retire).toEqual([broken.id]);
  });

  test('scaling down keeps the longest-running ready replicas', () => {
    const [first, second, starting] = [
      replica('new', 'ready', 1),
      replica('new', 'ready', 2),
      replica('new', 'starting', 3),
    ];
    const result = plan({ target: { revision: 'new', replicas: 1 }, observed: [second, first, starting] });
    expect(new Set(result.retire)).toEqual(new Set([starting.id, second.id]));
    expect(result.route).toEqual([first]);
  });

  test('after a crash the next start waits for its time, and says when to look again', () => {
    const gone = replica('new', 'exited');
    const result = plan({ observed: [gone, replica('new', 'ready')], notBefore: 1500 });
    expect(result).toMatchObject({ start: 0, clear: [gone.id], recheckAfterMs: 500 });
  });

  test('without a target everything is retired', () => {
    const observed = [replica('old', 'ready'), replica('new', 'starting'), replica('new', 'exited')];
    const result = plan({ target: null, observed });
    expect(result.retire).toHaveLength(2);
    expect(result.clear).toHaveLength(1);
    expect(result.route).toEqual([]);
  });

  const anyReplica = fc.record({
    revision: fc.constantFrom('new', 'old', 'older'),
    phase: fc.constantFrom('starting', 'ready', 'unready', 'draining', 'exited' as const),
  });

  test('never fewer ready replicas than wanted while there are as many, never more than one extra, never routed and retired', () => {
    fc.assert(
      fc.property(fc.array(anyReplica, { maxLength: 12 }), fc.integer({ min: 1, max: 5 }), (shapes, replicas) => {
        const observed = shapes.map(({ revision, phase }) => replica(revision, phase));
        const result = plan({ target: { revision: 'new', replicas }, observed });
        const ready = observed.filter(({ phase }) => phase === 'ready');
        expect(result.route.length).toBeGreaterThanOrEqual(Math.min(ready.length, replicas));
        expect(result.route.every(({ id, phase }) => phase === 'ready' && !result.retire.includes(id))).toBe(true);
        const live = observed.filter(({ id, phase }) => phase !== 'exited' && !result.retire.includes(id));
        const before = ready.filter(({ revision }) => revision !== 'new').length;
        expect(live.length + result.start).toBeLessThanOrEqual(Math.max(replicas, before, live.length) + 1);
        expect(new Set(result.retire).size).toBe(result.retire.length);
      }),
    );
  });

  test('whatever it starts from, repeating it reaches exactly the wanted replicas', () => {
    fc.assert(
      fc.property(fc.array(anyReplica, { maxLength: 10 }), fc.integer({ min: 0, max: 5 }), (shapes, replicas) => {
        let observed = shapes.map(({ revision, phase }) => replica(revision, phase));
        for (let round = 0; round < 50; round += 1) {
          const result = plan({ target: { revision: 'new', replicas }, observed });
          observed = observed
            .filter(({ id }) => !result.retire.includes(id) && !result.clear.includes(id))
            .map((one) =>
              one.phase === 'starting' || one.phase === 'unready' ? { ...one, phase: 'ready' as const } : one,
            );
          observed.push(...Array.from({ length: result.start }, () => replica('new', 'starting')));
        }
        expect(observed.map(({ revision, phase }) => `${revision} ${phase}`)).toEqual(
          Array.from({ length: replicas }, () => 'new ready'),
        );
      }),
    );
  });
});
