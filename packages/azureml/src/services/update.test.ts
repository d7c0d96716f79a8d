import { UpdateService } from '@farled/contract';
import { describe, expect, test } from 'vitest';

import { readPatch } from './update.ts';

const replace = (path: string, value: unknown) => ({ op: 'replace', path, value });
const update = (...patch: readonly { op: string; path: string; value?: unknown }[]) =>
  readPatch(patch.map((change) => ({ value: undefined, ...change }))).update;

describe('every path that azureml-core patches', () => {
  test.each<readonly [string, unknown, object]>([
    ['/autoScaler/autoscaleEnabled', true, { settings: { numReplicas: null, autoScaler: { autoscaleEnabled: true } } }],
    ['/autoScaler/autoscaleEnabled', false, { settings: { autoScaler: { autoscaleEnabled: false } } }],
    ['/autoScaler/minReplicas', 2, { settings: { autoScaler: { minReplicas: 2 } } }],
    ['/autoScaler/maxReplicas', 4, { settings: { autoScaler: { maxReplicas: 4 } } }],
    ['/autoScaler/refreshPeriodInSeconds', 5, { settings: { autoScaler: { refreshPeriodInSeconds: 5 } } }],
    ['/autoScaler/targetUtilization', 60, { settings: { autoScaler: { targetUtilization: 60 } } }],
    ['/dataCollection/storageEnabled', true, { settings: { dataCollection: { storageEnabled: true } } }],
    ['/authEnabled', false, { settings: { authEnabled: false } }],
    ['/aadAuthEnabled', true, { settings: { tokenAuthEnabled: true } }],
    ['/containerResourceRequirements/cpu', 0.5, { settings: { containerResourceRequirements: { cpu: 0.5 } } }],
    ['/containerResourceRequirements/cpuLimit', 1, { settings: { containerResourceRequirements: { cpuLimit: 1 } } }],
    [
      '/containerResourceRequirements/memoryInGB',
      2,
      { settings: { containerResourceRequirements: { memoryInGB: 2 } } },
    ],
    [
      '/containerResourceRequirements/memoryInGBLimit',
      3,
      { settings: { containerResourceRequirements: { memoryInGBLimit: 3 } } },
    ],
    ['/containerResourceRequirements/gpu', 1, { settings: { containerResourceRequirements: { gpu: 1 } } }],
    ['/appInsightsEnabled', true, { settings: { appInsightsEnabled: true } }],
    ['/scoringTimeoutMs', 1000, { settings: { scoringTimeoutMs: 1000 } }],
    ['/maxConcurrentRequestsPerContainer', 2, { settings: { maxConcurrentRequestsPerContainer: 2 } }],
    ['/maxQueueWaitMs', 100, { settings: { maxQueueWaitMs: 100 } }],
    ['/numReplicas', 3, { settings: { numReplicas: 3 } }],
    ['/livenessProbeRequirements/periodSeconds', 1, { settings: { livenessProbeRequirements: { periodSeconds: 1 } } }],
    [
      '/livenessProbeRequirements/initialDelaySeconds',
      2,
      { settings: { livenessProbeRequirements: { initialDelaySeconds: 2 } } },
    ],
    [
      '/livenessProbeRequirements/timeoutSeconds',
      3,
      { settings: { livenessProbeRequirements: { timeoutSeconds: 3 } } },
    ],
    [
      '/livenessProbeRequirements/successThreshold',
      4,
      { settings: { livenessProbeRequirements: { successThreshold: 4 } } },
    ],
    [
      '/livenessProbeRequirements/failureThreshold',
      5,
      { settings: { livenessProbeRequirements: { failureThreshold: 5 } } },
    ],
    ['/namespace', 'ns', { settings: { namespace: 'ns' } }],
    ['/kvTags', { a: '1', b: 2 }, { tags: { a: '1', b: '2' } }],
    ['/kvTags', null, { tags: {} }],
    ['/description', 'text', { description: 'text' }],
    ['/properties/key', 'v', { addProperties: { key: 'v' } }],
    ['/properties/a/b', 'v', { addProperties: { 'a/b': 'v' } }],
    ['/properties/azureml.git.commit', 'v', { addProperties: { 'azureml.git.commit': 'v' } }],
  ])('%s %j', (path, value, expected) => {
    expect(update(replace(path, value))).toEqual(expected);
    expect(UpdateService.safeParse(update(replace(path, value))).success).toBe(true);
    expect(update({ op: 'add', path, value })).toEqual(expected);
  });

  test('/environmentImageRequest and /imageId say what to run', () => {
    expect(readPatch([replace('/environmentImageRequest', { modelIds: ['m:1'] })])).toMatchObject({
      update: {},
      imageRequest: { modelIds: ['m:1'] },
    });
    expect(readPatch([replace('/imageId', 'image:1')]).imageId).toBe('image:1');
  });
});

test('a whole patch is one update', () => {
  const patch = [
    replace('/autoScaler/autoscaleEnabled', false),
    replace('/numReplicas', 2),
    replace('/containerResourceRequirements/cpu', 1),
    replace('/containerResourceRequirements/memoryInGB', 2),
    replace('/kvTags', { a: '1' }),
    { op: 'add', path: '/properties/x', value: '1' },
    { op: 'add', path: '/properties/y', value: 2 },
  ];
  expect(update(...patch)).toEqual({
    settings: {
      numReplicas: 2,
      autoScaler: { autoscaleEnabled: false },
      containerResourceRequirements: { cpu: 1, memoryInGB: 2 },
    },
    tags: { a: '1' },
    addProperties: { x: '1', y: '2' },
  });
});

test('of what is said twice, the last counts', () => {
  expect(update(replace('/description', 'a'), replace('/description', 'b'))).toEqual({ description: 'b' });
});

test('null leaves a setting as it is', () => {
  expect(update(replace('/scoringTimeoutMs', null), replace('/autoScaler/minReplicas', null))).toEqual({});
});

test.each<readonly [string, { op: string; path: string; value?: unknown }, string]>([
  ['an unknown path', replace('/computeName', 'other'), '/computeName'],
  ['an unknown member', replace('/autoScaler/speed', 1), '/autoScaler/speed'],
  ['the root', replace('', {}), 'an update of a service'],
  ['properties as a whole', replace('/properties', {}), '/properties'],
  ['a property of no name', replace('/properties/', '1'), '/properties/'],
  ['a removal', { op: 'remove', path: '/kvTags' }, 'remove /kvTags'],
  ['a move', { op: 'move', path: '/description' }, 'move /description'],
  ['a prototype', replace('/__proto__', {}), '/__proto__'],
  ['a property that is an object', replace('/properties/a', {}), 'a: must be text'],
  ['tags as text', replace('/kvTags', 'a'), 'kvTags'],
  ['an image request as text', replace('/environmentImageRequest', 'x'), 'environmentImageRequest'],
  ['an image that is no text', replace('/imageId', 1), 'imageId'],
])('%s is refused by name', (_what, change, named) => {
  expect(() => update(change)).toThrow(
    expect.objectContaining({ code: 'BadArgument', message: expect.stringContaining(named) }),
  );
});

test.each(['/versions/v2', '/versions/v2/trafficPercentile'])('%s is for endpoints', (path) => {
  expect(() => update(replace(path, 1))).toThrow(expect.objectContaining({ code: 'BadArgument' }));
});

test('a property called __proto__ changes nothing', () => {
  expect(Object.keys(update(replace('/properties/__proto__', { polluted: 1 })).addProperties ?? {})).toEqual([]);
  expect({}).not.toHaveProperty('polluted');
});
