import { CLUSTER_STATISTICS, ClusterDecisions } from '@farled/contract';
import type { KubernetesClient } from '@farled/kubernetes';
import { ManualClock, silentLogger } from '@farled/service';
import { expect, test } from 'vitest';

import { ToldDecisions } from './told-decisions.ts';

const SETTINGS = {
  minReplicas: 1,
  maxReplicas: 10,
  targetUtilization: 70,
  refreshPeriodInSeconds: 1,
  maxConcurrentRequestsPerContainer: 1,
  law: 'compatible' as const,
  maxQueueWaitMs: 500,
};

const NOTHING: Record<string, string> = {};

/** An API server with the ConfigMap, and leaders that follow each other. */
function cluster() {
  const clock = new ManualClock();
  const server = { data: NOTHING, isAway: false };
  const answer = async (): Promise<{ data: Record<string, string> }> => {
    if (server.isAway) {
      throw new Error('away');
    }
    return { data: server.data };
  };
  const client = {
    get: answer,
    patch: async (_kind: unknown, _key: unknown, change: { readonly data: Record<string, string> }) => {
      await answer();
      server.data = { ...server.data, ...change.data };
    },
  } as unknown as KubernetesClient;
  const lead = (services: readonly string[]) => {
    const term = new AbortController();
    const told = new ToldDecisions({ client, namespace: 'farled', services: () => services, clock, log: silentLogger });
    const telling = told.tell(term.signal);
    return {
      scale: (service: string, replicas: number, desired: number) =>
        told.note(service, {
          now: clock.now(),
          settings: SETTINGS,
          busy: 1,
          queued: 0,
          isComplete: true,
          replicas,
          desired,
          because: `to ${desired}`,
        }),
      end: async () => {
        term.abort(new Error('the term ends'));
        await telling;
      },
    };
  };
  return {
    server,
    lead,
    pass: (milliseconds: number) => clock.advance(milliseconds),
    written: () => {
      const text = server.data[CLUSTER_STATISTICS.decisionsKey];
      const all = ClusterDecisions.parse(JSON.parse(text ?? '{}'));
      return Object.fromEntries(Object.entries(all).map(([name, list]) => [name, list.map(({ because }) => because)]));
    },
  };
}

test('decisions are written within a second, and another leader goes on with them', async () => {
  const { lead, pass, written } = cluster();
  const first = lead(['a', 'b']);
  first.scale('a', 1, 2);
  first.scale('b', 1, 5);
  await pass(1000);
  await first.end();
  expect(written()).toEqual({ a: ['to 2'], b: ['to 5'] });
  // The service b was deleted meanwhile.
  const second = lead(['a']);
  await pass(0);
  second.scale('a', 2, 3);
  await pass(1000);
  await second.end();
  expect(written()).toEqual({ a: ['to 2', 'to 3'] });
});

test('what is decided while the API server is away is written later, after what was there', async () => {
  const { server, lead, pass, written } = cluster();
  const first = lead(['a']);
  first.scale('a', 1, 2);
  await pass(1000);
  await first.end();
  server.isAway = true;
  const second = lead(['a']);
  second.scale('a', 2, 3);
  await pass(1000);
  server.isAway = false;
  await pass(1000);
  await pass(1000);
  await second.end();
  expect(written()).toEqual({ a: ['to 2', 'to 3'] });
});

test('what another release wrote is begun anew', async () => {
  const { server, lead, pass, written } = cluster();
  server.data = { [CLUSTER_STATISTICS.decisionsKey]: '{"a": "what?"}', other: 'kept' };
  const leader = lead(['a']);
  leader.scale('a', 1, 2);
  await pass(1000);
  await leader.end();
  expect(written()).toEqual({ a: ['to 2'] });
  expect(server.data['other']).toBe('kept');
});
