import { CLUSTER_STATISTICS, ClusterStatistics, NO_LATENCIES, type RouterStatistics } from '@farled/contract';
import type { KubernetesClient } from '@farled/kubernetes';
import { ManualClock, silentLogger } from '@farled/service';
import { expect, test } from 'vitest';

import { clusterStatistics, tellStatistics } from './tell-statistics.ts';

const TOTALS = { accepted: 3, answered: 3, refused: 0, failed: 0, errors: 0, latency: NO_LATENCIES };

function router(id: string, services: readonly string[]): RouterStatistics {
  const moment = {
    queued: 0,
    inFlight: 1,
    copies: 0,
    refusedAtOnce: 0,
    ejections: 0,
    replicas: [{ id: 'r', inFlight: 1, isEjected: false }],
  };
  return {
    id,
    startedAt: 1,
    pid: 1,
    generation: 1,
    listening: { host: '', port: 1 },
    services: services.map((name) => ({ name, ...TOTALS, ...moment })),
    endpoints: [{ name: 'e', ...TOTALS, versions: [{ name: 'one', service: 'e.one' }], mirror: null }],
  };
}

test('of services, only versions of endpoints are told', () => {
  const told = clusterStatistics([router('1', ['e.one', 'other']), router('2', ['e.one'])], true, 7);
  expect(told).toMatchObject({ at: 7, isComplete: true, routers: [{ id: '1' }, { id: '2' }] });
  expect(told.routers.map(({ services }) => services.map(({ name, replicas }) => [name, replicas]))).toEqual([
    [['e.one', []]],
    [['e.one', []]],
  ]);
});

test('they are told again and again while there are endpoints, and after a failure too', async () => {
  const clock = new ManualClock();
  const stopping = new AbortController();
  const written: unknown[] = [];
  let [hasEndpoints, isAway] = [false, false];
  const client = {
    patch: async (_kind: unknown, _key: unknown, change: { readonly data: Readonly<Record<string, string>> }) => {
      if (isAway) {
        throw new Error('away');
      }
      written.push(JSON.parse(change.data[CLUSTER_STATISTICS.key] ?? ''));
    },
  } as unknown as KubernetesClient;
  const peers = {
    ask: async () => ({ statistics: [router('1', ['e.one'])], isComplete: false }),
    [Symbol.asyncDispose]: async () => {},
  };
  const parts = { client, peers, namespace: 'ns', hasEndpoints: () => hasEndpoints, clock, log: silentLogger };
  const telling = tellStatistics(parts, stopping.signal);
  const round = () => clock.advance(CLUSTER_STATISTICS.everyMs);
  await round();
  expect(written).toHaveLength(0);
  hasEndpoints = true;
  await round();
  isAway = true;
  await round();
  isAway = false;
  await round();
  expect(written.map((one) => ClusterStatistics.parse(one).isComplete)).toEqual([false, false]);
  stopping.abort(new Error('the term ends'));
  await telling;
});
