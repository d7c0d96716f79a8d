import { expect, test } from 'vitest';

import { deriveStatus, errorBody, type StatusInput } from './status.ts';

const counts = (desiredReplicas: number, availableReplicas: number) => ({
  desiredReplicas,
  availableReplicas,
  updatedReplicas: availableReplicas,
  replicas: [],
});
const status = (input: Partial<StatusInput>) =>
  deriveStatus({
    generation: 2,
    replicas: counts(1, 1),
    neededReplicas: input.replicas?.desiredReplicas ?? 1,
    trouble: null,
    changing: false,
    failure: null,
    unschedulable: null,
    ...input,
  });

test.each([
  ['all replicas are ready', {}, 'Healthy'],
  ['a replica is missing', { replicas: counts(1, 0) }, 'Unhealthy'],
  ['fewer are ready than wanted', { replicas: counts(2, 1) }, 'Unhealthy'],
  ['it grows with the load', { replicas: counts(3, 1), neededReplicas: 1 }, 'Healthy'],
  ['an operation runs', { changing: true }, 'Transitioning'],
  ['there is no room', { changing: true, unschedulable: errorBody('Unschedulable', 'full') }, 'Unschedulable'],
  ['the spec failed, though the one before it answers', { failure: errorBody('UserScriptInitFailed', 'no') }, 'Failed'],
] as const)('when %s the state follows', (_when, input, state) => {
  expect(status(input)).toMatchObject({ state, observedGeneration: 2 });
});

test('an unhealthy service says what is wrong with its replicas', () => {
  const trouble = errorBody('UserScriptInitFailed', 'A replica ended by itself: init() raised KeyError.');
  expect(status({ replicas: counts(1, 0), trouble }).error).toEqual(trouble);
});
