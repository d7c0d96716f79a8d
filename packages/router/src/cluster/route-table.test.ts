import { CLUSTER, type ClusterRoute } from '@farled/contract';
import type { EndpointSlice, Secret } from '@farled/kubernetes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { routeTable } from './route-table.ts';

const ROUTE: ClusterRoute = {
  name: 'test',
  workspace: 'ws',
  keyDigests: ['00'.repeat(32)],
  tokens: null,
  maxConcurrentRequestsPerContainer: 2,
  maxQueueWaitMs: 500,
  scoringTimeoutMs: 60_000,
  deployment: 'test-object',
  scaling: {
    kind: 'automatic',
    law: 'compatible',
    minReplicas: 1,
    maxReplicas: 10,
    targetUtilization: 70,
    refreshPeriodInSeconds: 1,
  },
};

function secret(route: unknown, metadata: Partial<Secret['metadata']> = {}): Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'test-route', namespace: 'ns', creationTimestamp: '2026-01-01T00:00:00Z', ...metadata },
    data: { [CLUSTER.routeKey]: Buffer.from(JSON.stringify(route)).toString('base64') },
  };
}

type Endpoint = EndpointSlice['endpoints'][number];

function endpoint(pod: string, ip: string, conditions?: Endpoint['conditions']): Endpoint {
  return {
    addresses: [ip],
    targetRef: { kind: 'Pod', name: pod },
    ...(conditions === undefined ? {} : { conditions }),
  };
}

function slice(
  endpoints: readonly Endpoint[],
  { addressType = 'IPv4', service = 'test-object', namespace = 'ns', name = 'test-abc' } = {},
): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace, labels: { 'kubernetes.io/service-name': service } },
    addressType,
    endpoints,
  };
}

const replicas = (slices: readonly EndpointSlice[]): string[] =>
  routeTable([secret(ROUTE)], slices, 1).table.services.flatMap((service) =>
    service.replicas.map(
      ({ id, address }) => `${id} ${address.kind === 'tcp' ? `${address.host}:${address.port}` : ''}`,
    ),
  );

describe('a service gets', () => {
  test('its settings from its Secret and its replicas from its slices', () => {
    const { table, services, faults } = routeTable([secret(ROUTE)], [slice([endpoint('a', '10.0.0.1')])], 7);
    expect(table).toEqual({
      generation: 7,
      endpoints: [],
      services: [
        {
          name: 'test',
          workspace: 'ws',
          keyDigests: ROUTE.keyDigests,
          tokens: ROUTE.tokens,
          maxConcurrentRequestsPerContainer: 2,
          maxQueueWaitMs: 500,
          scoringTimeoutMs: 60_000,
          replicas: [{ id: 'a', revision: '', address: { kind: 'tcp', host: '10.0.0.1', port: 5001 } }],
          desiredReplicas: 1,
          scaling: 'the autoscaler keeps between 1 and 10 replicas at 70 % utilization',
        },
      ],
    });
    expect(services).toEqual([{ route: ROUTE, namespace: 'ns' }]);
    expect(faults).toEqual([]);
  });

  test.each<[string, Endpoint['conditions'], boolean]>([
    ['ready', { ready: true, serving: true, terminating: false }, true],
    ['of unknown state', undefined, true],
    ['of unknown readiness', {}, true],
    ['not ready', { ready: false, serving: false, terminating: false }, false],
    ['terminating', { ready: false, serving: true, terminating: true }, false],
    ['terminating though ready, as with publishNotReadyAddresses', { ready: true, terminating: true }, false],
  ])('a pod that is %s: %#', (_what, conditions, included) => {
    expect(replicas([slice([endpoint('a', '10.0.0.1', conditions)])])).toHaveLength(included ? 1 : 0);
  });

  test('the pods of all its slices, each once and by its IPv4 address if it has one', () => {
    const six = slice([endpoint('a', 'fd00::1'), endpoint('b', 'fd00::2')], { addressType: 'IPv6', name: '1' });
    const four = slice([endpoint('a', '10.0.0.1')], { name: '2' });
    const more = slice([endpoint('c', '10.0.0.3'), endpoint('a', '10.0.0.1')], { name: '3' });
    expect(replicas([six, four, more]).toSorted()).toEqual(['a 10.0.0.1:5001', 'b fd00::2:5001', 'c 10.0.0.3:5001']);
  });

  test('no pod that leaves according to one slice while another still has it', () => {
    const stale = slice([endpoint('a', '10.0.0.1', { ready: true })], { name: '1' });
    const fresh = slice([endpoint('a', '10.0.0.1', { ready: false, terminating: true })], { name: '2' });
    expect(replicas([stale, fresh])).toEqual([]);
    expect(replicas([fresh, stale])).toEqual([]);
  });

  test('nothing of a service of the same name in another namespace', () => {
    expect(replicas([slice([endpoint('a', '10.0.0.1')], { namespace: 'other' })])).toEqual([]);
    expect(replicas([slice([endpoint('a', '10.0.0.1')], { service: 'other' })])).toEqual([]);
  });

  test('its replicas where its Secret says they are, when that is kept elsewhere', () => {
    const kept = secret(ROUTE, { namespace: 'farled-system', labels: { 'farled.dev/namespace': 'ns' } });
    const { table, services } = routeTable([kept], [slice([endpoint('a', '10.0.0.1')])], 1);
    expect(table.services[0]?.replicas).toHaveLength(1);
    expect(services[0]?.namespace).toBe('ns');
  });

  test('no endpoint without a pod, nor one that is a name', () => {
    const nameless = { addresses: ['10.0.0.1'] };
    const named = slice([endpoint('a', 'somewhere.example')], { addressType: 'FQDN' });
    const none = { ...slice([]), endpoints: null as unknown as [] };
    expect(replicas([slice([nameless]), named, none])).toEqual([]);
  });
});

describe('what refusals say of the number of replicas', () => {
  const explained = (scaling: ClusterRoute['scaling'], endpoints: readonly Endpoint[]) => {
    const [service] = routeTable([secret({ ...ROUTE, scaling })], [slice(endpoints)], 1).table.services;
    return [service?.desiredReplicas, service?.scaling];
  };

  test('a fixed number is the one that was asked for', () => {
    expect(explained({ kind: 'fixed', replicas: 3 }, [endpoint('a', '10.0.0.1')])).toEqual([3, 'numReplicas is 3']);
  });

  test('scaled ones are those that stay, ready or not, and no less than the minimum', () => {
    const two = [
      endpoint('a', '10.0.0.1', { ready: false }),
      endpoint('b', '10.0.0.2'),
      endpoint('c', '10.0.0.3', { terminating: true }),
    ];
    expect(explained(ROUTE.scaling, two)[0]).toBe(2);
    expect(explained(ROUTE.scaling, [])[0]).toBe(1);
  });
});

describe('a Secret that can not be used', () => {
  test('is left out alone, and the sentence names it and no value of it', () => {
    const broken = secret({ ...ROUTE, name: 'other', keyDigests: 'sensitive' }, { name: 'broken' });
    const { table, faults } = routeTable([secret(ROUTE), broken], [], 1);
    expect(table.services.map(({ name }) => name)).toEqual(['test']);
    expect(faults).toEqual([expect.stringMatching(/^The Secret ns\/broken carries no route: keyDigests: /)]);
    expect(faults.join('')).not.toContain('sensitive');
  });

  test('of before there were tokens has none', () => {
    const { tokens: _, ...before } = ROUTE;
    expect(routeTable([secret(before)], [], 1).table.services).toMatchObject([{ name: 'test', tokens: null }]);
  });

  test.each([
    ['no data', { data: {} }, 'it has no key route.json'],
    ['no JSON', { data: { [CLUSTER.routeKey]: Buffer.from('{"a').toString('base64') } }, 'route.json is not JSON'],
  ])('with %s says so', (_what, changes, says) => {
    expect(routeTable([{ ...secret(ROUTE), ...changes }], [], 1).faults[0]).toContain(says);
  });

  test('for a name that an older one has is not used, in whatever order they come', () => {
    const older = secret(ROUTE, { namespace: 'one', creationTimestamp: '2026-01-01T00:00:00Z' });
    const newer = secret(
      { ...ROUTE, workspace: 'late' },
      { namespace: 'a', creationTimestamp: '2026-01-02T00:00:00Z' },
    );
    for (const secrets of [
      [older, newer],
      [newer, older],
    ]) {
      const { table, faults } = routeTable(secrets, [], 1);
      expect(table.services.map(({ workspace }) => workspace)).toEqual(['ws']);
      expect(faults).toEqual([
        expect.stringContaining('the older Secret one/test-route counts, a/test-route does not'),
      ]);
    }
  });

  test('of the same second gives way by its name', () => {
    const [a, b] = ['a', 'b'].map((namespace) => secret({ ...ROUTE, workspace: namespace }, { namespace }));
    for (const secrets of [
      [a, b],
      [b, a],
    ]) {
      const { table } = routeTable(
        secrets.filter((one) => one !== undefined),
        [],
        1,
      );
      expect(table.services.map(({ workspace }) => workspace)).toEqual(['a']);
    }
  });
});

test('the order in which objects come changes nothing', () => {
  const secrets = ['a', 'b', 'c'].map((name) => secret({ ...ROUTE, name, deployment: name }, { name }));
  const slices = ['a', 'b', 'c'].flatMap((service) =>
    [1, 2].map((number) =>
      slice([endpoint(`${service}${number}`, `10.0.0.${number}`), endpoint(`${service}0`, '10.0.0.9')], {
        service,
        name: `${service}-${number}`,
      }),
    ),
  );
  const sorted = (table: ReturnType<typeof routeTable>['table']) =>
    table.services.map((service) => ({
      ...service,
      replicas: service.replicas.toSorted((a, b) => a.id.localeCompare(b.id)),
    }));
  const expected = sorted(routeTable(secrets, slices, 1).table);
  const shuffled = fc.tuple(
    fc.shuffledSubarray(secrets, { minLength: secrets.length }),
    fc.shuffledSubarray(slices, { minLength: slices.length }),
  );
  fc.assert(
    fc.property(shuffled, ([some, others]) => {
      expect(sorted(routeTable(some, others, 1).table)).toEqual(expected);
    }),
  );
});
