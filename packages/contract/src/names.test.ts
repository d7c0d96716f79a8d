import { expect, test } from 'vitest';

import {
  ClusterName,
  ComputeName,
  DeployedEnvironmentName,
  EnvironmentName,
  ModelId,
  ModelName,
  parseModelId,
  ServiceName,
  WorkspaceName,
} from './names.ts';
import { clusterId, parseClusterId } from './resource-id.ts';
import { findVmSize } from './vm-sizes.ts';

test.each([
  [
    ServiceName,
    ['abc', 'my-service-2', 'a'.repeat(32)],
    ['ab', 'Abc', '1abc', 'a_bc', 'a'.repeat(33), 'a.b.c', '', 'abc\n'],
  ],
  [ComputeName, ['aks', 'My-Aks1', 'a'.repeat(24)], ['ab', '1aks', 'aks-', 'a_b', 'a'.repeat(25)]],
  [ModelName, ['m', 'my_model.v2-x', '1'], ['', '-a', 'a b', 'a/b', '../x', 'a:1', 'a'.repeat(256)]],
  [DeployedEnvironmentName, ['myenv', 'AzureML-sklearn', 'microsoft-x'], ['a/b', '']],
  [EnvironmentName, ['myenv', 'My.Env-1'], ['AzureML-sklearn', 'microsoft-x', 'a/b', '']],
  [WorkspaceName, ['ws', 'my_ws-1'], ['w', 'a b', 'a'.repeat(34)]],
  [ModelId, ['m:1', 'my.model:12'], ['m', 'm:0', 'm:01', 'm:-1', 'm:1:2', 'm:latest', ':1']],
  [ClusterName, ['c', 'my-cluster_1'], ['-c', 'c-', 'a'.repeat(64)]],
])('names follow their rule', (schema, good, bad) => {
  expect(good.filter((name) => !schema.safeParse(name).success)).toEqual([]);
  expect(bad.filter((name) => schema.safeParse(name).success)).toEqual([]);
});

test('a model id comes apart', () => {
  expect(parseModelId('my.model:12')).toEqual({ name: 'my.model', version: 12 });
});

test('a cluster id survives printing and parsing, in any case', () => {
  const reference = { subscriptionId: 's', resourceGroup: 'rg', cluster: 'c1' };
  expect(parseClusterId(clusterId(reference))).toEqual(reference);
  expect(parseClusterId(clusterId(reference).toUpperCase()).cluster).toBe('C1');
  expect(() => parseClusterId('/subscriptions/x')).toThrow('is not the resource id of a cluster');
});

test('a VM size is found in any case', () => {
  expect(findVmSize('standard_d3_V2')).toEqual({ name: 'Standard_D3_v2', cpu: 4, memoryInGB: 14, gpu: 0 });
  expect(findVmSize('Standard_Imaginary')).toBeUndefined();
});
