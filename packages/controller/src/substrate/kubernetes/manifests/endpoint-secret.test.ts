import { EndpointRoute, ServiceName } from '@farled/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { endpointSecret } from './endpoint-secret.ts';
import { endpointSecretName, objectName } from './names.ts';

const ROUTE: EndpointRoute = {
  name: 'iris',
  workspace: 'ml',
  keyDigests: ['d'.repeat(64)],
  tokens: null,
  versions: [{ name: 'v1', service: 'iris.v1', trafficPercentile: 0 }],
  defaultVersion: 'v1',
  stickyHeader: null,
  mirror: null,
};
const ID = '3f0f3b52-7d2e-4a43-9a7e-0a4d5f0b6f11';

test('routers find the Secret of an endpoint by its role, and read in it what the endpoint is', () => {
  const { metadata, data } = endpointSecret(ID, 'b0c9f9a2', ROUTE);
  expect(metadata).toEqual({
    name: `endpoint.iris.${ID}`,
    namespace: 'farled-system',
    labels: {
      'app.kubernetes.io/managed-by': 'farled',
      'app.kubernetes.io/name': 'iris',
      'farled.dev/installation': 'b0c9f9a2',
      'farled.dev/endpoint-id': ID,
      'farled.dev/role': 'endpoint',
    },
  });
  expect(EndpointRoute.parse(JSON.parse(Buffer.from(data?.['endpoint.json'] ?? '', 'base64').toString()))).toEqual(
    ROUTE,
  );
});

const userName = fc.stringMatching(/^[a-z][a-z0-9-]{2,31}$/).filter((name) => ServiceName.safeParse(name).success);

test('objects of versions are called as Kubernetes takes it, and as those of no service can be', () => {
  fc.assert(
    fc.property(userName, userName, userName, (endpoint, version, service) => {
      const name = objectName(`${endpoint}.${version}`);
      expect(name).toMatch(/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
      expect(name).not.toBe(objectName(service));
      expect(name.length).toBeGreaterThan(32);
      expect(objectName(`${version}.${endpoint}`) === name).toBe(endpoint === version);
      expect(endpointSecretName(endpoint, ID)).toMatch(/^[a-z0-9.-]{1,253}$/);
    }),
  );
});
