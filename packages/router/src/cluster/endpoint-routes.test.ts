import { CLUSTER, type ClusterRoute, type EndpointRoute } from '@farled/contract';
import type { Secret } from '@farled/kubernetes';
import { expect, test } from 'vitest';

import { routeTable } from './route-table.ts';

const SERVICE: ClusterRoute = {
  name: 'shop.one',
  workspace: 'ws',
  keyDigests: [],
  tokens: null,
  maxConcurrentRequestsPerContainer: 2,
  maxQueueWaitMs: 500,
  scoringTimeoutMs: 60_000,
  deployment: 'shop-one',
  scaling: { kind: 'fixed', replicas: 1 },
};
const ENDPOINT: EndpointRoute = {
  name: 'shop',
  workspace: 'ws',
  keyDigests: ['00'.repeat(32)],
  tokens: null,
  versions: [{ name: 'one', service: 'shop.one', trafficPercentile: 12.5 }],
  defaultVersion: 'one',
  stickyHeader: 'x-user',
  mirror: null,
};

interface Kept {
  readonly role: 'route' | 'endpoint';
  readonly key?: string;
  readonly name?: string;
  readonly day?: string;
}

function secret(value: unknown, { role, key, name = role, day = '01' }: Kept): Secret {
  const dataKey = key ?? (role === 'route' ? CLUSTER.routeKey : CLUSTER.endpointKey);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace: 'farled-system',
      creationTimestamp: `2026-01-${day}T00:00:00Z`,
      labels: { [CLUSTER.roleLabel]: role },
    },
    data: { [dataKey]: Buffer.from(JSON.stringify(value)).toString('base64') },
  };
}

test('an endpoint is what its Secret says, beside the services that are its versions', () => {
  const secrets = [secret(ENDPOINT, { role: 'endpoint' }), secret(SERVICE, { role: 'route' })];
  const { table, services, faults } = routeTable(secrets, [], 3);
  expect(table).toMatchObject({ generation: 3, services: [{ name: 'shop.one' }], endpoints: [ENDPOINT] });
  expect(services.map(({ route }) => route.name)).toEqual(['shop.one']);
  expect(faults).toEqual([]);
});

test('a Secret of an endpoint that can not be used is left out alone, and said without its values', () => {
  const broken = secret({ ...ENDPOINT, name: 'other', keyDigests: 'sensitive' }, { role: 'endpoint', name: 'broken' });
  const keyless = secret(ENDPOINT, { role: 'endpoint', key: CLUSTER.routeKey, name: 'keyless' });
  const { table, faults } = routeTable([broken, keyless, secret(ENDPOINT, { role: 'endpoint' })], [], 1);
  expect(table.endpoints.map(({ name }) => name)).toEqual(['shop']);
  expect(faults.toSorted()).toEqual([
    expect.stringMatching(/^The Secret farled-system\/broken carries no endpoint: keyDigests: /),
    expect.stringContaining('farled-system/keyless carries no endpoint: it has no key endpoint.json'),
  ]);
  expect(faults.join('')).not.toContain('sensitive');
});

test('of two endpoints of a name the older one counts, and of a service and an endpoint the service', () => {
  const older = secret(ENDPOINT, { role: 'endpoint', name: 'older' });
  const newer = secret({ ...ENDPOINT, workspace: 'late' }, { role: 'endpoint', name: 'newer', day: '02' });
  const two = routeTable([newer, older], [], 1);
  expect(two.table.endpoints.map(({ workspace }) => workspace)).toEqual(['ws']);
  expect(two.faults[0]).toMatch(/^Endpoint "shop" has two routes: the older Secret farled-system\/older counts/);

  const service = secret({ ...SERVICE, name: 'shop' }, { role: 'route', day: '03' });
  const both = routeTable([older, service], [], 1);
  expect([both.table.services.length, both.table.endpoints.length]).toEqual([1, 0]);
  expect(both.faults[0]).toContain('requests go to the service');
});
