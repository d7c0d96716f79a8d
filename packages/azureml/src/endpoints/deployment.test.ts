import { routes } from '@farled/contract';
import { expect, test } from 'vitest';

import { toEndpointDeployment } from './deployment.ts';
import { CreateEndpointRequest, isEndpointRequest } from './wire-request.ts';

const code = {
  models: ['mymodel:1'],
  inference: {
    entryScript: 'score.py',
    source: [{ path: 'score.py', sha256: 'a'.repeat(64), size: 1 }],
    environment: { name: 'myenv', python: {} },
  },
};
const variant = {
  name: 'blue',
  computeType: 'AKSENDPOINT',
  computeName: null,
  kvTags: null,
  trafficPercentile: 20,
  scoringTimeoutMs: 30_000,
  autoScaler: { maxReplicas: 3, minReplicas: null },
};
const request = {
  name: 'shared',
  computeType: 'AKSENDPOINT',
  computeName: 'myaks',
  description: 'd',
  kvTags: { a: 1 },
  keys: { primaryKey: 'primary-key', secondaryKey: null },
  aadAuthEnabled: false,
  versions: { blue: variant },
};
const translate = (changes: object) =>
  toEndpointDeployment(CreateEndpointRequest.parse({ ...request, ...changes }), 'myaks', code);

test('a create request is an endpoint of the domain with its first version', () => {
  const translated = translate({});
  expect(translated).toEqual({
    computeName: 'myaks',
    versionName: 'blue',
    version: {
      ...code,
      settings: { scoringTimeoutMs: 30_000, autoScaler: { maxReplicas: 3 } },
      trafficPercentile: 20,
      description: '',
      tags: {},
      properties: {},
    },
    tokenAuthEnabled: false,
    keys: { primaryKey: 'primary-key' },
    description: 'd',
    tags: { a: '1' },
    properties: {},
    overwrite: false,
  });
  expect(routes.endpoints.create.body.safeParse(translated).success).toBe(true);
});

test('who may score is the endpoint, where pods are its version', () => {
  const translated = translate({ authEnabled: false, aadAuthEnabled: true, namespace: 'serving' });
  expect(translated).toMatchObject({ authEnabled: false, tokenAuthEnabled: true });
  expect(translated.version.settings).toMatchObject({ namespace: 'serving' });
  expect(translated.version.settings).not.toHaveProperty('authEnabled');
});

test.each([
  ['no version', {}],
  ['two versions', { blue: variant, green: variant }],
])('an endpoint with %s is refused', (_what, versions) => {
  expect(() => translate({ versions })).toThrow(expect.objectContaining({ code: 'BadArgument' }));
});

test('requests about endpoints are known by their compute type', () => {
  expect([request, { computeType: 'aksEndpoint' }, { computeType: 'AKS' }, {}, null].map(isEndpointRequest)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
