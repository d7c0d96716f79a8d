import { CLUSTER, ClusterRoute, ServiceName } from '@farled/contract';
import type { Secret } from '@farled/kubernetes';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { exampleWorkload } from './testing/example-workload.ts';
import { workloadObjects } from './workload-objects.ts';

const objects = (...of: Parameters<typeof exampleWorkload>) => workloadObjects(exampleWorkload(...of));
const secrets = (...of: Parameters<typeof exampleWorkload>) =>
  objects(...of).flatMap(({ object }) => (object.kind === 'Secret' ? [object as Secret] : []));
const decode = (text: string | undefined): string => Buffer.from(text ?? '', 'base64').toString();

test('pods come last, after what they need and what protects them', () => {
  const names = objects({ environmentVariables: { TOKEN: 's3cret' } }).map(
    ({ object }) => `${object.kind} ${object.metadata.name}`,
  );
  expect(names).toEqual([
    expect.stringMatching(/^Secret diabetes-environment-[0-9a-f]{8}$/),
    'NetworkPolicy diabetes',
    'PodDisruptionBudget diabetes',
    'Service diabetes',
    'Secret scoring.diabetes',
    'Deployment diabetes',
  ]);
});

test('every object says whose it is, in the kind and version that it is applied as', () => {
  for (const { kind, object } of objects({ environmentVariables: { A: '1' } })) {
    expect(object).toMatchObject({ apiVersion: kind.apiVersion, kind: kind.kind });
    const isRoute = object.metadata.labels?.[CLUSTER.roleLabel] === 'route';
    expect(object.metadata).toMatchObject({
      namespace: isRoute ? 'farled-system' : 'scoring',
      labels: {
        'app.kubernetes.io/managed-by': 'farled',
        'farled.dev/installation': 'b0c9f9a2-51a4-4c5e-8f16-1f2d3c4b5a69',
        'farled.dev/service': 'diabetes',
        'farled.dev/service-id': '3f0f3b52-7d2e-4a43-9a7e-0a4d5f0b6f11',
      },
    });
  }
});

test('whatever a service may be called, its objects have names and labels that Kubernetes takes', () => {
  const label = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{2,31}$/).filter((text) => ServiceName.safeParse(text).success);
  fc.assert(
    fc.property(fc.oneof(name, fc.constant('a--'), fc.constant(`a${'-'.repeat(31)}`)), (service) => {
      const workload = { service: { id: 'x', name: service, workspace: 'w' }, environmentVariables: { A: '1' } };
      for (const { object } of objects(workload)) {
        for (const part of object.metadata.name.split('.')) {
          expect(part).toMatch(label);
        }
        expect(object.metadata.labels?.['farled.dev/service']).toMatch(label);
      }
    }),
  );
});

test('routes of all namespaces lie together with the routers and stay apart', () => {
  const routes = ['one', 'two'].flatMap((namespace) =>
    objects({ namespace }).filter(({ object }) => object.metadata.labels?.[CLUSTER.roleLabel] === 'route'),
  );
  expect(routes.map(({ object }) => object.metadata)).toMatchObject([
    { name: 'one.diabetes', namespace: 'farled-system', labels: { 'farled.dev/namespace': 'one' } },
    { name: 'two.diabetes', namespace: 'farled-system', labels: { 'farled.dev/namespace': 'two' } },
  ]);
});

test('names that differ only in dashes at their end stay apart', () => {
  const named = (name: string) =>
    objects({ service: { id: 'x', name, workspace: 'w' } }).map(({ object }) => object.metadata.name);
  const all = ['abc', 'abc-', 'abc--'].map((name) => named(name)[0]);
  expect(new Set(all).size).toBe(3);
});

test("the user's variables are in a Secret that never changes, and nowhere else", () => {
  const workload = { environmentVariables: { TOKEN: 's3cret', EMPTY: '' } };
  const [environment] = secrets(workload);
  expect(environment).toMatchObject({ immutable: true, metadata: { labels: { [CLUSTER.roleLabel]: 'environment' } } });
  expect(decode(environment?.data?.['TOKEN'])).toBe('s3cret');
  expect(environment?.data?.['EMPTY']).toBe('');
  const others = objects(workload).filter(({ object }) => object !== environment);
  expect(JSON.stringify(objects(workload).slice(1))).not.toContain('s3cret');
  expect(others).toHaveLength(6);
});

test('another content of the variables has another name, another order has not', () => {
  const name = (environmentVariables: Record<string, string>) => secrets({ environmentVariables })[0]?.metadata.name;
  expect(name({ A: '1', B: '2' })).toBe(name({ B: '2', A: '1' }));
  expect(name({ A: '1', B: '3' })).not.toBe(name({ A: '1', B: '2' }));
  expect(name({ A: '1', B: '' })).not.toBe(name({ A: '1' }));
});

test('a service without variables has no Secret for them', () => {
  expect(secrets().map(({ metadata }) => metadata.name)).toEqual(['scoring.diabetes']);
});

test('variables that are too large for a Secret are refused with their size', () => {
  const environmentVariables = Object.fromEntries(
    Array.from({ length: 33 }, (_, index) => [`V${index}`, 'x'.repeat(32_768)]),
  );
  expect(() => objects({ environmentVariables })).toThrow(
    expect.objectContaining({ code: 'InvalidDeploymentSpec', message: expect.stringContaining('1081344 bytes') }),
  );
});

test('routers are told what they must know, and find the Deployment and the EndpointSlices', () => {
  const read = (...of: Parameters<typeof exampleWorkload>) => {
    const route = secrets(...of).at(-1);
    expect(route?.metadata.labels?.[CLUSTER.roleLabel]).toBe('route');
    return ClusterRoute.parse(JSON.parse(decode(route?.data?.[CLUSTER.routeKey])));
  };
  expect(read()).toEqual({
    name: 'diabetes',
    workspace: 'ml',
    keyDigests: ['d'.repeat(64)],
    tokens: null,
    maxConcurrentRequestsPerContainer: 1,
    maxQueueWaitMs: 500,
    scoringTimeoutMs: 60_000,
    deployment: 'diabetes',
    scaling: {
      kind: 'automatic',
      law: 'compatible',
      minReplicas: 1,
      maxReplicas: 10,
      targetUtilization: 70,
      refreshPeriodInSeconds: 1,
    },
  });
  expect(read({}, { numReplicas: 3 }).scaling).toEqual({ kind: 'fixed', replicas: 3 });
  expect(read({}, { autoScaler: { autoscaleEnabled: false, minReplicas: 2 } }).scaling).toEqual({
    kind: 'fixed',
    replicas: 2,
  });
  expect(read({ keyDigests: null }).keyDigests).toBeNull();
  const tokens = { issuer: 'farled', audience: 'id', notBefore: 7, keys: [] };
  expect(read({ keyDigests: [], tokens })).toMatchObject({ keyDigests: [], tokens });
  const trailing = read({ service: { id: 'x', name: 'abc-', workspace: 'w' } });
  expect(trailing).toMatchObject({ name: 'abc-', deployment: expect.stringMatching(/^abc-[0-9a-f]{8}$/) });
});

test('replicas are found without a proxy, by the role on their EndpointSlices', () => {
  expect(objects().find(({ object }) => object.kind === 'Service')?.object).toMatchObject({
    metadata: { labels: { [CLUSTER.roleLabel]: 'replicas' } },
    spec: {
      clusterIP: 'None',
      publishNotReadyAddresses: false,
      selector: { [CLUSTER.serviceIdLabel]: '3f0f3b52-7d2e-4a43-9a7e-0a4d5f0b6f11' },
      ports: [{ name: 'score', port: 5001, targetPort: 'score', protocol: 'TCP' }],
    },
  });
});

test('only routers reach replicas, and what these call is not restricted', () => {
  expect(objects().find(({ object }) => object.kind === 'NetworkPolicy')?.object).toMatchObject({
    spec: {
      podSelector: { matchLabels: { [CLUSTER.serviceIdLabel]: '3f0f3b52-7d2e-4a43-9a7e-0a4d5f0b6f11' } },
      policyTypes: ['Ingress'],
      ingress: [
        {
          // One peer: both have to fit.
          from: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'farled-system' } },
              podSelector: { matchLabels: { 'app.kubernetes.io/name': 'farled-router' } },
            },
          ],
          ports: [{ port: 5001, protocol: 'TCP' }],
        },
      ],
    },
  });
});
