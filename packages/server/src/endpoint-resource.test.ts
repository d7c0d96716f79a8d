import type { ServiceState } from '@farled/contract';
import { expect, test } from 'vitest';

import { endpointState } from './endpoint-resource.ts';

const version = (state: ServiceState, trafficPercentile = 0, isDefault = false) => ({
  state,
  error: null,
  trafficPercentile,
  isDefault,
});
const answers = version('Healthy', 0, true);

test.each([
  ['its default version is healthy', [answers], 'Healthy'],
  ['a version with a share is not healthy', [answers, version('Unhealthy', 10)], 'Unhealthy'],
  ['a version without a share failed', [answers, version('Failed')], 'Healthy'],
  ['versions are bad in several ways', [version('Unhealthy', 0, true), version('Failed', 1)], 'Failed'],
  ['a version without a share is being changed', [answers, version('Transitioning')], 'Transitioning'],
] as const)('when %s, the state of an endpoint follows', (_when, versions, state) => {
  expect(endpointState({ deleting: false }, versions)).toEqual({ state, error: null });
});

test('an endpoint that is being deleted is in transition', () => {
  expect(endpointState({ deleting: true }, [answers]).state).toBe('Transitioning');
});
