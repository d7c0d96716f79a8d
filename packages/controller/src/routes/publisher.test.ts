import type { RouteTable, ServiceRoute } from '@farled/contract';
import { ManualClock } from '@farled/service';
import { expect, test } from 'vitest';

import { RoutePublisher } from './publisher.ts';

const route = (name: string): ServiceRoute => ({
  name,
  workspace: 'w',
  keyDigests: null,
  tokens: null,
  maxConcurrentRequestsPerContainer: 1,
  maxQueueWaitMs: 500,
  scoringTimeoutMs: 60_000,
  replicas: [],
  desiredReplicas: 1,
  scaling: '',
});

function publisher(put: (table: RouteTable) => Promise<void> = async () => {}) {
  const tables: RouteTable[] = [];
  const routes = new RoutePublisher(
    {
      statistics: () => Promise.resolve([]),
      putTable: async (table) => {
        await put(table);
        tables.push(table);
      },
    },
    new ManualClock(),
  );
  return { routes, tables };
}

const signal = new AbortController().signal;

test('an unchanged table is not sent again', async () => {
  const { routes, tables } = publisher();
  routes.set('1', route('a'));
  await routes.publish(signal);
  routes.set('1', route('a'));
  await routes.publish(signal);
  expect(tables).toHaveLength(1);
});

test('generations grow with every change, and with a router that was started anew', async () => {
  const { routes, tables } = publisher();
  routes.set('1', route('a'));
  await routes.publish(signal);
  routes.set('2', route('b'));
  await routes.publish(signal);
  routes.invalidate();
  await routes.publish(signal);
  const generations = tables.map(({ generation }) => generation);
  expect(generations).toEqual([...new Set(generations)].toSorted((a, b) => a - b));
  expect(tables.at(-1)?.services.map(({ name }) => name)).toEqual(['a', 'b']);
});

test('publishing rejects while the router is away, and sends the newest table when it is back', async () => {
  let away = true;
  const { routes, tables } = publisher(async () => {
    if (away) {
      throw new Error('no router');
    }
  });
  routes.set('1', route('a'));
  await expect(routes.publish(signal)).rejects.toThrow('no router');
  away = false;
  routes.set('1', null);
  await routes.publish(signal);
  expect(tables).toEqual([expect.objectContaining({ services: [] })]);
});
