import { demand } from '@farled/autoscaling';
import { type ClusterRoute, NO_LATENCIES, type RouterStatistics } from '@farled/contract';
import { expect, test } from 'vitest';

import type { ClusterService } from '../cluster/route-table.ts';
import { peers } from './peers.ts';
import { decideRound, isDue, type RoundInput } from './round.ts';

const SCALING: ClusterRoute['scaling'] = {
  kind: 'automatic',
  law: 'compatible',
  minReplicas: 1,
  maxReplicas: 10,
  targetUtilization: 70,
  refreshPeriodInSeconds: 1,
};

function service(name: string, scaling: ClusterRoute['scaling'] = SCALING, namespace = 'ns'): ClusterService {
  return {
    namespace,
    route: {
      name,
      workspace: 'ws',
      keyDigests: null,
      tokens: null,
      maxConcurrentRequestsPerContainer: 1,
      maxQueueWaitMs: 500,
      scoringTimeoutMs: 60_000,
      deployment: name,
      scaling,
    },
  };
}

function statistics(services: Readonly<Record<string, readonly [inFlight: number, queued: number]>>): RouterStatistics {
  return {
    id: 'router',
    startedAt: 0,
    pid: 1,
    generation: 1,
    listening: { host: '0.0.0.0', port: 8080 },
    services: Object.entries(services).map(([name, [inFlight, queued]]) => ({
      name,
      accepted: 0,
      answered: 0,
      refused: 0,
      failed: 0,
      errors: 0,
      latency: NO_LATENCIES,
      copies: 0,
      refusedAtOnce: 0,
      ejections: 0,
      queued,
      inFlight,
      replicas: [],
    })),
    endpoints: [],
  };
}

const NOTHING = { ready: 0, totals: { of: 'router', arrived: 0, answered: 0 } };
const INPUT: RoundInput = {
  now: 1000,
  services: [],
  demand: new Map(),
  isComplete: true,
  current: () => 1,
  before: new Map(),
};

test('the demand is that of all routers together', () => {
  const told = [statistics({ a: [1, 2], b: [3, 0] }), statistics({ a: [4, 0] }), statistics({})];
  expect(Object.fromEntries(demand(told))).toMatchObject({ a: { busy: 5, queued: 2 }, b: { busy: 3, queued: 0 } });
  const mirrored = told.map((router) => ({
    ...router,
    services: router.services.map((one) => ({ ...one, copies: 1 })),
  }));
  expect(demand(mirrored).get('a')).toMatchObject({ busy: 7, queued: 2 });
});

test('services that scale are decided, each by its own demand; those of a fixed number are left alone', () => {
  const { decisions } = decideRound({
    ...INPUT,
    services: [service('a'), service('b'), service('fixed', { kind: 'fixed', replicas: 3 })],
    demand: new Map([
      ['a', { ...NOTHING, busy: 2, queued: 1 }],
      ['fixed', { ...NOTHING, busy: 9, queued: 9 }],
    ]),
  });
  expect(decisions.map(({ service: { route }, desired }) => [route.name, desired])).toEqual([
    ['a', 5],
    ['b', 1],
  ]);
});

test('a service whose Deployment is not there is not decided, and what is remembered of it stays', () => {
  const services = [service('a')];
  const first = decideRound({ ...INPUT, services });
  const second = decideRound({ ...INPUT, now: 2000, services, before: first.after, current: () => undefined });
  expect(second.decisions).toEqual([]);
  expect(second.after).toEqual(first.after);
});

test('each service has its own period', () => {
  const services = [service('often'), service('seldom', { ...SCALING, refreshPeriodInSeconds: 30 })];
  let before: RoundInput['before'] = new Map();
  const looks: string[] = [];
  for (let now = 0; now <= 60_000; now += 1000) {
    const { decisions, after } = decideRound({ ...INPUT, now, services, before });
    before = after;
    looks.push(...decisions.map(({ service: { route } }) => route.name));
  }
  expect(looks.filter((name) => name === 'seldom')).toHaveLength(3);
  expect(looks.filter((name) => name === 'often')).toHaveLength(61);
});

test('nobody is asked when no service is due', () => {
  const services = [service('a', { ...SCALING, refreshPeriodInSeconds: 30 })];
  const { after } = decideRound({ ...INPUT, now: 0, services });
  expect(isDue(services, new Map(), 0)).toBe(true);
  expect(isDue(services, after, 29_000)).toBe(false);
  expect(isDue(services, after, 30_000)).toBe(true);
  expect(isDue([service('a', { kind: 'fixed', replicas: 1 })], new Map(), 0)).toBe(false);
});

test('what is remembered of a service that is gone, or came back elsewhere, is forgotten', () => {
  const { after } = decideRound({ ...INPUT, services: [service('a')] });
  expect(decideRound({ ...INPUT, now: 2000, services: [], before: after }).after.size).toBe(0);
  const moved = decideRound({ ...INPUT, now: 2000, services: [service('a', SCALING, 'other')], before: after });
  expect([...moved.after.keys()]).toEqual(['other/a']);
});

test('every router is asked, also one that drains, and one that takes requests must answer', () => {
  const found = peers([
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'peers' },
      addressType: 'IPv4',
      ports: [{ name: 'health', port: 8081 }],
      endpoints: [
        { addresses: ['10.0.0.1'], conditions: { ready: true }, targetRef: { name: 'a' } },
        { addresses: ['10.0.0.2'], conditions: { ready: false, terminating: true }, targetRef: { name: 'b' } },
        { addresses: ['fd00::3'], targetRef: { name: 'c' } },
      ],
    },
  ]);
  expect(found).toEqual([
    { url: 'http://10.0.0.1:8081/statistics', takesRequests: true },
    { url: 'http://10.0.0.2:8081/statistics', takesRequests: false },
    { url: 'http://[fd00::3]:8081/statistics', takesRequests: true },
  ]);
});
