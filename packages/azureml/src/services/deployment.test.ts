import { DeployService, routes } from '@farled/contract';
import { describe, expect, test } from 'vitest';

import { chooseCompute, toDeployment } from './deployment.ts';
import { CreateRequest } from './wire-request.ts';

const CODE = {
  models: ['mymodel:1'],
  inference: {
    entryScript: 'score.py',
    source: [{ path: 'score.py', sha256: 'a'.repeat(64), size: 1 }],
    environment: { name: 'myenv', version: '1' },
  },
};

/** As azureml-core 1.61 sends it when every parameter is given. */
const FULL = {
  name: 'svcfull',
  description: 'desc',
  kvTags: { a: '1' },
  properties: { b: '2' },
  location: null,
  computeType: 'AKS',
  computeName: 'myaks',
  overwrite: true,
  keys: { primaryKey: 'primary-key', secondaryKey: 'secondary-key' },
  authEnabled: true,
  aadAuthEnabled: false,
  appInsightsEnabled: true,
  storageInitEnabled: true,
  numReplicas: null,
  namespace: 'ns1',
  scoringTimeoutMs: 30_000,
  maxConcurrentRequestsPerContainer: 2,
  maxQueueWaitMs: 1000,
  autoScaler: {
    autoscaleEnabled: true,
    minReplicas: 1,
    maxReplicas: 3,
    targetUtilization: 70,
    refreshPeriodInSeconds: 10,
  },
  containerResourceRequirements: { cpu: 0.5, cpuLimit: 1, memoryInGB: 1, memoryInGBLimit: 2, gpu: 1 },
  livenessProbeRequirements: {
    initialDelaySeconds: 6,
    periodSeconds: 5,
    timeoutSeconds: 7,
    successThreshold: 1,
    failureThreshold: 4,
  },
  dataCollection: { storageEnabled: true, eventHubEnabled: false },
  environmentImageRequest: { modelIds: ['mymodel:1'] },
};

/** As azureml-core 1.61 sends it when none is. */
const MINIMAL = {
  name: 'svcmin',
  description: null,
  kvTags: null,
  properties: {},
  keys: { primaryKey: null, secondaryKey: null },
  computeType: 'AKS',
  environmentImageRequest: { modelIds: ['mymodel:1'] },
  location: null,
  numReplicas: null,
  computeName: 'myaks',
  containerResourceRequirements: { cpu: null, cpuLimit: null, memoryInGB: null, memoryInGBLimit: null, gpu: null },
  maxConcurrentRequestsPerContainer: null,
  maxQueueWaitMs: null,
  namespace: null,
  scoringTimeoutMs: null,
  livenessProbeRequirements: {
    initialDelaySeconds: null,
    periodSeconds: null,
    failureThreshold: null,
    successThreshold: null,
    timeoutSeconds: null,
  },
};

const translated = (request: object) => toDeployment(CreateRequest.parse(request), 'myaks', CODE);

describe('a create request', () => {
  test('with every member is a deployment with every setting', () => {
    const { livenessProbeRequirements, autoScaler, containerResourceRequirements } = FULL;
    expect(translated(FULL)).toEqual({
      ...CODE,
      computeName: 'myaks',
      description: 'desc',
      tags: { a: '1' },
      properties: { b: '2' },
      keys: { primaryKey: 'primary-key', secondaryKey: 'secondary-key' },
      overwrite: true,
      settings: {
        authEnabled: true,
        tokenAuthEnabled: false,
        appInsightsEnabled: true,
        namespace: 'ns1',
        scoringTimeoutMs: 30_000,
        maxConcurrentRequestsPerContainer: 2,
        maxQueueWaitMs: 1000,
        autoScaler,
        containerResourceRequirements,
        livenessProbeRequirements,
        dataCollection: { storageEnabled: true },
      },
    });
    expect(DeployService.safeParse(translated(FULL)).success).toBe(true);
  });

  test('that says nothing leaves every setting to the domain', () => {
    const empty = { description: '', tags: {}, properties: {}, keys: {}, overwrite: false, settings: {} };
    expect(translated(MINIMAL)).toEqual({ ...CODE, computeName: 'myaks', ...empty });
    expect(DeployService.safeParse(translated(MINIMAL)).success).toBe(true);
  });

  test.each<readonly [string, object, object]>([
    ['a fixed number of replicas', { numReplicas: 3 }, { numReplicas: 3 }],
    ['no replicas: as many as the autoscaler says', { numReplicas: 0 }, {}],
    ['token authentication', { aadAuthEnabled: true }, { tokenAuthEnabled: true }],
    [
      'part of the autoscaler',
      { autoScaler: { maxReplicas: 5, minReplicas: null } },
      { autoScaler: { maxReplicas: 5 } },
    ],
    ['what nothing knows', { future: 1, autoScaler: { future: 1 } }, {}],
    ['a container instance: no key', { computeType: 'ACI', sslEnabled: false, cname: null }, { authEnabled: false }],
    ['a container instance with keys', { computeType: 'ACI', authEnabled: true }, { authEnabled: true }],
  ])('%s', (_what, said, settings) => {
    expect(translated({ ...MINIMAL, ...said }).settings).toEqual(settings);
  });

  test('tags and properties that are no text become text', () => {
    const { tags, properties } = translated({ ...MINIMAL, kvTags: { a: 1, b: true }, properties: { c: null } });
    expect({ tags, properties }).toEqual({ tags: { a: '1', b: 'true' }, properties: { c: '' } });
  });

  test.each<readonly [string, object, string]>([
    ['no name', { name: undefined }, 'name'],
    ['a name that is no text', { name: 1 }, 'name'],
    ['tags as a list', { kvTags: ['a'] }, 'kvTags'],
    ['a tag that is an object', { kvTags: { a: {} } }, 'kvTags.a'],
    ['settings as text', { autoScaler: 'on' }, 'autoScaler'],
    ['keys as text', { keys: 'k' }, 'keys'],
    ['overwrite as text', { overwrite: 'yes' }, 'overwrite'],
    ['models as text', { environmentImageRequest: { modelIds: 'mymodel:1' } }, 'environmentImageRequest.modelIds'],
    ['an asset without an address', { environmentImageRequest: { assets: [{ id: 'x' }] } }, 'assets.0.url'],
  ])('%s can not be read', (_what, wrong, named) => {
    const { error } = CreateRequest.safeParse({ ...FULL, ...wrong });
    expect(error?.issues.map(({ path }) => path.join('.'))).toEqual([expect.stringContaining(named)]);
  });

  test.each<readonly [string, object, string]>([
    ['a value of the wrong kind', { scoringTimeoutMs: 'long' }, 'settings.scoringTimeoutMs'],
    ['a value out of range', { autoScaler: { targetUtilization: 101 } }, 'settings.autoScaler.targetUtilization'],
    ['a short key', { keys: { primaryKey: 'pk' } }, 'keys.primaryKey'],
  ])('%s is named by the domain', (_what, wrong, named) => {
    const { error } = routes.services.deploy.body.safeParse(translated({ ...FULL, ...wrong }));
    expect(error?.issues.map(({ path }) => path.join('.'))).toEqual([named]);
  });

  test.each<readonly [object, string]>([
    [{ computeType: 'IOT' }, '"IOT"'],
    [{ computeType: 'ACI', sslEnabled: true, cname: 'x' }, 'sslEnabled, cname'],
    [{ computeType: 'ACI', dnsNameLabel: 'x' }, 'dnsNameLabel'],
    [{ computeType: 'ACI', vnetConfiguration: { vnetName: 'v' } }, 'vnetConfiguration'],
  ])('%j would silently be another thing', (said, named) => {
    expect(() => translated({ ...MINIMAL, ...said })).toThrow(
      expect.objectContaining({ code: 'NotSupportedYet', message: expect.stringContaining(named) }),
    );
  });
});

describe('the compute target', () => {
  test('is the one that is named, else the only one', () => {
    expect(chooseCompute('named', ['a', 'b'])).toBe('named');
    expect(chooseCompute(undefined, ['only'])).toBe('only');
    expect(chooseCompute('', ['only'])).toBe('only');
  });

  test('has to be named when there are several, or made when there is none', () => {
    expect(() => chooseCompute(undefined, ['one', 'two'])).toThrow('this workspace has several');
    expect(() => chooseCompute(undefined, [])).toThrow('no compute target to deploy to');
  });
});
