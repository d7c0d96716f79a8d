import { DEFAULT_SETTINGS, EnvironmentDefinition, Model, type Service } from '@farled/contract';
import { describe, expect, test } from 'vitest';

import { type ServiceContext, toWireService } from './wire-service.ts';

const TIME = '2026-11-25T03:00:00.000Z';

const SERVICE: Service = {
  id: 'id',
  name: 'mysvc',
  description: '',
  tags: { a: '1' },
  properties: { b: '2' },
  computeName: 'myaks',
  computeType: 'AKS',
  state: 'Healthy',
  error: null,
  scoringUri: 'http://host/api/v1/service/mysvc/score',
  swaggerUri: 'http://host/api/v1/service/mysvc/swagger.json',
  models: ['mymodel:1'],
  inference: { entryScript: 'score.py', environment: { name: 'myenv', version: '3' } },
  settings: DEFAULT_SETTINGS,
  deploymentStatus: { desiredReplicas: 1, updatedReplicas: 1, availableReplicas: 1, replicas: [] },
  operationId: 'operation',
  createdTime: TIME,
  updatedTime: TIME,
};

const MODEL = Model.parse({
  id: 'mymodel:1',
  name: 'mymodel',
  version: 1,
  tags: { t: '1' },
  files: [{ path: 'model.txt', sha256: 'a'.repeat(64), size: 1 }],
  size: 1,
  createdTime: TIME,
  modifiedTime: TIME,
});

const CONTEXT: ServiceContext = {
  environment: {
    name: 'myenv',
    version: '3',
    definition: EnvironmentDefinition.parse({ name: 'myenv' }),
    labels: [],
    digest: '',
    createdTime: TIME,
  },
  models: [MODEL],
  awaitsChange: false,
  hasAnswered: true,
};

const wire = (service: Partial<Service> = {}, context: Partial<ServiceContext> = {}) =>
  toWireService({ ...SERVICE, ...service }, { ...CONTEXT, ...context });

/** What the client fails without, with the members of what is in it. */
const REQUIRED: Readonly<Record<string, readonly string[] | null>> = {
  computeType: null,
  createdTime: null,
  description: null,
  kvTags: null,
  name: null,
  properties: null,
  appInsightsEnabled: null,
  authEnabled: null,
  aadAuthEnabled: null,
  autoScaler: ['autoscaleEnabled', 'minReplicas', 'maxReplicas', 'targetUtilization', 'refreshPeriodInSeconds'],
  computeName: null,
  containerResourceRequirements: ['cpu', 'cpuLimit', 'memoryInGB', 'memoryInGBLimit', 'gpu'],
  dataCollection: ['eventHubEnabled', 'storageEnabled'],
  livenessProbeRequirements: [
    'initialDelaySeconds',
    'periodSeconds',
    'timeoutSeconds',
    'successThreshold',
    'failureThreshold',
  ],
  maxConcurrentRequestsPerContainer: null,
  maxQueueWaitMs: null,
  numReplicas: null,
  scoringTimeoutMs: null,
  scoringUri: null,
};

describe('a service', () => {
  test.each(Object.entries(REQUIRED))('has %s, as the client reads it', (name, members) => {
    const written = JSON.parse(JSON.stringify(wire())) as Record<string, Record<string, unknown>>;
    expect(written).toHaveProperty(name);
    expect(members === null ? null : Object.keys(written[name] ?? {}).toSorted()).toEqual(members?.toSorted() ?? null);
  });

  test('has no member of what is not known here', () => {
    for (const name of ['imageId', 'imageDetails', 'imageDigest', 'createdBy', 'isDefault', 'trafficPercentile']) {
      expect(wire()).not.toHaveProperty(name);
    }
  });

  test('has its models with their tags, and its environment', () => {
    expect(wire().models).toMatchObject([{ id: 'mymodel:1', tags: { t: '1' }, datasets: [] }]);
    expect(wire().environmentImageRequest).toMatchObject({
      modelIds: ['mymodel:1'],
      environment: { name: 'myenv', version: '3' },
    });
  });

  test('that says nothing of itself has no description', () => {
    expect(wire().description).toBeNull();
    expect(wire({ description: 'x' }).description).toBe('x');
  });

  test('of which a change was asked for is in transition, whatever was known before', () => {
    const error = { code: 'UserScriptInitFailed', statusCode: 400, message: 'm', details: [] };
    expect(wire({ state: 'Failed', error }, { awaitsChange: true })).toMatchObject({
      state: 'Transitioning',
      error: null,
      deploymentStatus: { error: null },
    });
    expect(wire({ state: 'Failed', error })).toMatchObject({
      state: 'Failed',
      error: { code: 'UserScriptInitFailed' },
    });
  });

  test('says in one text what is wrong and what to do', () => {
    const error = { code: 'X', statusCode: 400, message: 'It broke.', suggestion: 'Mend it.', details: [] };
    expect(wire({ state: 'Unhealthy', error }).error).toEqual({
      code: 'X',
      statusCode: 400,
      message: 'It broke. Mend it.',
      details: [],
    });
  });

  test('that never answered, or whose router has no address, has none to score at', () => {
    expect(wire({}, { hasAnswered: false })).toMatchObject({ scoringUri: null, swaggerUri: null });
    expect(wire({ scoringUri: '', swaggerUri: '' })).toMatchObject({ scoringUri: null, swaggerUri: null });
  });

  test('with a fixed number of replicas does not scale', () => {
    expect(wire().autoScaler.autoscaleEnabled).toBe(true);
    expect(wire({ settings: { ...DEFAULT_SETTINGS, numReplicas: 2 } })).toMatchObject({
      numReplicas: 2,
      autoScaler: { autoscaleEnabled: false, maxReplicas: 10 },
    });
  });

  test('with token authentication says so', () => {
    const settings = { ...DEFAULT_SETTINGS, authEnabled: false, tokenAuthEnabled: true };
    expect(wire({ settings })).toMatchObject({ authEnabled: false, aadAuthEnabled: true });
  });
});
