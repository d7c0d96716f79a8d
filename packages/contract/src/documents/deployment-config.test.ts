import { describe, expect, test } from 'vitest';

import {
  DEFAULT_SETTINGS,
  DeploymentConfigDocument,
  initialReplicas,
  mergeSettings,
  newSettings,
  ServiceSettings,
  settingsConflicts,
} from './deployment-config.ts';

describe('deployment settings', () => {
  test('the defaults are the documented ones and valid', () => {
    expect(ServiceSettings.parse(DEFAULT_SETTINGS)).toEqual(DEFAULT_SETTINGS);
    expect(settingsConflicts(DEFAULT_SETTINGS)).toEqual([]);
    expect(initialReplicas(DEFAULT_SETTINGS)).toBe(1);
  });

  test('what is said is laid over what holds, field by field', () => {
    const merged = mergeSettings(DEFAULT_SETTINGS, {
      numReplicas: 3,
      containerResourceRequirements: { cpu: 2 },
      autoScaler: { maxReplicas: 4 },
    });
    expect(merged).toMatchObject({
      numReplicas: 3,
      authEnabled: true,
      containerResourceRequirements: { cpu: 2, memoryInGB: 0.5 },
      autoScaler: { minReplicas: 1, maxReplicas: 4 },
    });
    expect(initialReplicas(merged)).toBe(3);
  });

  test.each([
    [{ tokenAuthEnabled: true }, 'tokenAuthEnabled'],
    [{ autoScaler: { minReplicas: 5, maxReplicas: 2 } }, 'autoScaler.minReplicas'],
    [{ containerResourceRequirements: { cpu: 2, cpuLimit: 1 } }, 'containerResourceRequirements.cpuLimit'],
    [
      { containerResourceRequirements: { memoryInGB: 2, memoryInGBLimit: 1 } },
      'containerResourceRequirements.memoryInGBLimit',
    ],
  ])('%j is refused at %s', (said, target) => {
    expect(settingsConflicts(mergeSettings(DEFAULT_SETTINGS, said)).map((conflict) => conflict.target)).toEqual([
      target,
    ]);
  });

  test.each([
    [{ tokenAuthEnabled: true }, { authEnabled: false, tokenAuthEnabled: true }],
    [
      { tokenAuthEnabled: true, authEnabled: true },
      { authEnabled: true, tokenAuthEnabled: true },
    ],
    [{ tokenAuthEnabled: false }, { authEnabled: true, tokenAuthEnabled: false }],
    [{ authEnabled: false }, { authEnabled: false, tokenAuthEnabled: false }],
    [{}, { authEnabled: true, tokenAuthEnabled: false }],
  ])('a new service that says %j of its authentication gets %j', (said, expected) => {
    expect(newSettings(DEFAULT_SETTINGS, said)).toMatchObject(expected);
  });

  test('the document of the documentation is read, and a misspelt field is not', () => {
    const document = {
      computeType: 'aks',
      autoScaler: {
        autoscaleEnabled: true,
        minReplicas: 1,
        maxReplicas: 3,
        refreshPeriodInSeconds: 1,
        targetUtilization: 70,
      },
      authEnabled: true,
      containerResourceRequirements: { cpu: 0.5, memoryInGB: 1.0 },
    };
    expect(DeploymentConfigDocument.safeParse(document).success).toBe(true);
    expect(DeploymentConfigDocument.safeParse({ ...document, autoscaler: {} }).success).toBe(false);
  });
});
