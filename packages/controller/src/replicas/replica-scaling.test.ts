import { DEFAULT_SETTINGS, NO_LATENCIES, type RouterStatistics, type ServiceSettings } from '@farled/contract';
import { ManualClock, silentLogger } from '@farled/service';
import { expect, test } from 'vitest';

import { ReplicaScaling } from './replica-scaling.ts';

const SERVICE = { id: 'id', name: 'service' };
const settings = (changes: Partial<ServiceSettings> = {}): ServiceSettings => ({
  ...DEFAULT_SETTINGS,
  autoScaler: { ...DEFAULT_SETTINGS.autoScaler, maxReplicas: 5 },
  ...changes,
});

function statistics(inFlight: number, queued: number): RouterStatistics {
  const totals = { accepted: 0, answered: 0, refused: 0, failed: 0, errors: 0, latency: NO_LATENCIES };
  return {
    id: 'router',
    startedAt: 0,
    pid: 1,
    generation: 1,
    listening: { host: '', port: 1 },
    services: [
      { name: 'service', ...totals, inFlight, queued, copies: 0, refusedAtOnce: 0, ejections: 0, replicas: [] },
    ],
    endpoints: [],
  };
}

function start() {
  const clock = new ManualClock();
  const load = { inFlight: 0, queued: 0, isAway: false };
  const woken: string[] = [];
  const scaling = new ReplicaScaling({
    statistics: async () => {
      if (load.isAway) {
        throw new Error('away');
      }
      // Two processes have half each.
      return [statistics(load.inFlight, 0), statistics(0, load.queued)];
    },
    changed: (id) => woken.push(id),
    clock,
    log: silentLogger,
  });
  const pass = (seconds: number): Promise<void> => clock.advance(seconds * 1000);
  return { load, woken, scaling, pass };
}

test('a number that was said stays, and without the autoscaler there are minReplicas', () => {
  const { scaling } = start();
  expect(scaling.follow(SERVICE, settings({ numReplicas: 3 }), 7)).toBe(3);
  const off = { ...DEFAULT_SETTINGS.autoScaler, autoscaleEnabled: false, minReplicas: 2 };
  expect(scaling.follow(SERVICE, settings({ autoScaler: off }), 7)).toBe(2);
});

test('a service begins with what it has, within its bounds, and keeps to them when they change', () => {
  const { scaling } = start();
  expect(scaling.follow(SERVICE, settings(), 0)).toBe(1);
  expect(scaling.follow({ ...SERVICE, id: 'b' }, settings(), 4)).toBe(4);
  const narrow = { ...DEFAULT_SETTINGS.autoScaler, maxReplicas: 2 };
  expect(scaling.follow({ ...SERVICE, id: 'b' }, settings({ autoScaler: narrow }), 4)).toBe(2);
});

test('load of all routers raises it within a second, and it falls when a minute needed fewer; each with its reason', async () => {
  const { scaling, load, woken, pass } = start();
  scaling.follow(SERVICE, settings(), 1);
  scaling.start();
  await pass(2);
  expect(woken).toEqual([]);
  Object.assign(load, { inFlight: 1, queued: 1 });
  await pass(1);
  expect(woken).toEqual(['id']);
  expect(scaling.follow(SERVICE, settings(), 1)).toBe(3);
  expect(scaling.because('id')).toContain('scaled from 1 to 3');
  Object.assign(load, { inFlight: 0, queued: 0 });
  await pass(70);
  expect(scaling.follow(SERVICE, settings(), 3)).toBe(1);
  expect(scaling.decisions('id').map(({ outcome, replicas, desired }) => [outcome, replicas, desired])).toEqual([
    ['scaled', 1, 3],
    ['refusedFewer', 3, 3],
    ['scaled', 3, 1],
  ]);
  await scaling[Symbol.asyncDispose]();
});

test('while no router answers, and for a service that none knows, replicas stay', async () => {
  const { scaling, load, woken, pass } = start();
  scaling.follow({ id: 'other', name: 'other' }, settings(), 4);
  scaling.follow(SERVICE, settings(), 3);
  scaling.start();
  load.isAway = true;
  await pass(200);
  expect(woken).toEqual([]);
  expect(scaling.follow(SERVICE, settings(), 1)).toBe(3);
  await scaling[Symbol.asyncDispose]();
});

test('want of room is logged once', () => {
  const { scaling } = start();
  scaling.follow(SERVICE, settings(), 1);
  scaling.limit('id', 2, 'there is no room');
  scaling.limit('id', 2, 'there is no room');
  expect(scaling.decisions('id')).toMatchObject([{ outcome: 'refusedMore', replicas: 2, because: 'there is no room' }]);
  scaling.forget('id');
  expect(scaling.decisions('id')).toEqual([]);
});
