import { latencyBucket, type RouterStatistics } from '@farled/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { beginObservation, NOTHING, type Observation, observe, type Tally } from './tally.ts';

const START = 1_000_000;

function router(id: string, startedAt: number, counted: Readonly<Record<string, Partial<Tally>>>): RouterStatistics {
  return {
    id,
    startedAt,
    pid: 1,
    generation: 1,
    listening: { host: '', port: 1 },
    endpoints: [],
    services: Object.entries(counted).map(([name, tally]) => ({
      name,
      ...NOTHING,
      ...tally,
      accepted: 0,
      queued: 0,
      inFlight: 0,
      copies: 0,
      refusedAtOnce: 0,
      ejections: 0,
      replicas: [],
    })),
  };
}

const begin = (...routers: RouterStatistics[]): Observation => beginObservation(['a'], routers, START);
const after = (observation: Observation, ...looks: readonly RouterStatistics[][]): Tally | undefined =>
  looks.reduce((before, routers) => observe(before, routers), observation).sums['a'];

describe('a tally has what routers counted since the beginning', () => {
  test('added up over all of them', () => {
    const began = begin(router('1', 0, { a: { answered: 10 } }), router('2', 0, { a: { answered: 20, errors: 1 } }));
    const one = router('1', 0, { a: { answered: 15, failed: 1 } });
    const two = router('2', 0, { a: { answered: 21, errors: 3 } });
    expect(after(began, [one, two])).toMatchObject({ answered: 6, failed: 1, errors: 2 });
    expect(after(began, [one], [one, two], [two])).toMatchObject({ answered: 6, failed: 1, errors: 2 });
  });

  test('also what one counted that was started since, and nothing twice', () => {
    const began = begin(router('1', 0, { a: { answered: 10 } }));
    const restarted = router('1-again', START + 5, { a: { answered: 4 } });
    expect(after(began, [restarted], [restarted])?.answered).toBe(4);
  });

  test('but not what one that was silent in the beginning had counted before it', () => {
    const silent = (answered: number) => router('2', 0, { a: { answered } });
    expect(after(begin(), [silent(100)], [silent(103)])?.answered).toBe(3);
  });

  test('through a service that left the table and came back', () => {
    const counted = (answered: number) => [router('1', 0, { a: { answered } })];
    const began = begin(...counted(10));
    expect(after(began, counted(15), [router('1', 0, {})], counted(2))?.answered).toBe(7);
    expect(after(began, counted(15), counted(2))?.answered).toBe(7);
  });

  test('of the named services alone', () => {
    const observation = observe(begin(), [router('1', START, { a: { answered: 1 }, b: { answered: 1 } })]);
    expect(Object.keys(observation.sums)).toEqual(['a']);
    expect(JSON.parse(JSON.stringify(observation))).toEqual(observation);
  });
});

test('however often it is looked, and whichever routers answer, the sum is of the latest that each said', () => {
  const look = fc.record({ router: fc.integer({ min: 0, max: 2 }), more: fc.array(fc.integer({ min: 0, max: 2000 })) });
  fc.assert(
    fc.property(fc.array(look, { maxLength: 20 }), (looks) => {
      const took: number[][] = [[], [], []];
      let observation = begin();
      for (const { router: index, more } of looks) {
        const all = took[index] ?? [];
        all.push(...more);
        const counts = Array.from(
          { length: 200 },
          (_, bucket) => all.filter((ms) => latencyBucket(ms) === bucket).length,
        );
        const said = { answered: all.length, latency: { from: 0, counts } };
        observation = observe(observation, [router(String(index), START, { a: said })]);
      }
      const { answered, latency } = observation.sums['a'] ?? NOTHING;
      expect(answered).toBe(took.flat().length);
      const found = latency.counts.flatMap((count, index) => Array.from({ length: count }, () => latency.from + index));
      expect(found).toEqual(
        took
          .flat()
          .map((milliseconds) => latencyBucket(milliseconds))
          .toSorted((a, b) => a - b),
      );
    }),
  );
});
