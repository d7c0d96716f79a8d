import { DEFAULT_SETTINGS, mergeSettings, type ServiceSettingsInput } from '@farled/contract';
import { expect, test } from 'vitest';

import { unsupportedOn } from './supported-on.ts';

const everything: ServiceSettingsInput = {
  appInsightsEnabled: true,
  dataCollection: { storageEnabled: true },
  containerResourceRequirements: { gpu: 1 },
};

test('the defaults are supported everywhere', () => {
  for (const kind of ['local', 'kubernetes'] as const) {
    expect(unsupportedOn(kind, DEFAULT_SETTINGS)).toEqual({ anywhere: [], here: [] });
  }
});

test('this machine gives no GPU, a Kubernetes does', () => {
  const settings = mergeSettings(DEFAULT_SETTINGS, { containerResourceRequirements: { gpu: 2 } });
  expect(unsupportedOn('local', settings)).toEqual({ anywhere: [], here: [expect.stringContaining('GPUs')] });
  expect(unsupportedOn('kubernetes', settings)).toEqual({ anywhere: [], here: [] });
});

test('what nothing gives yet is named each by each', () => {
  const settings = mergeSettings(DEFAULT_SETTINGS, everything);
  expect(unsupportedOn('kubernetes', settings).anywhere).toHaveLength(2);
  expect(unsupportedOn('local', settings)).toMatchObject({ anywhere: { length: 2 }, here: { length: 1 } });
});
