import { expect, test } from 'vitest';

import type { ObservedReplica } from '../substrate/substrate.ts';
import { noCrashes, recordExit } from './crash-history.ts';
import { crashError, deriveStatus, errorBody, type StatusInput } from './status.ts';

const ready: ObservedReplica = {
  id: 'a',
  serviceId: 's',
  revision: 'r',
  phase: 'ready',
  address: { kind: 'unix', path: '/x' },
  startedAt: 0,
  exit: null,
};
const status = (input: Partial<StatusInput>) =>
  deriveStatus({
    generation: 2,
    target: { revision: 'r', replicas: 1 },
    observed: [ready],
    crashes: null,
    changing: false,
    failure: null,
    unschedulable: null,
    ...input,
  });

test.each([
  ['all replicas are ready', {}, 'Healthy'],
  ['a replica is missing', { observed: [] }, 'Unhealthy'],
  ['fewer are ready than wanted', { target: { revision: 'r', replicas: 2 } }, 'Unhealthy'],
  ['an operation runs', { changing: true }, 'Transitioning'],
  ['there is no room', { changing: true, unschedulable: errorBody('Unschedulable', 'full') }, 'Unschedulable'],
  ['the spec failed, though the one before it answers', { failure: errorBody('UserScriptInitFailed', 'no') }, 'Failed'],
] as const)('when %s the state follows', (_when, input, state) => {
  expect(status(input)).toMatchObject({ state, observedGeneration: 2 });
});

test('an unhealthy service says what ended its replicas, traceback included', () => {
  const failure = {
    code: 'UserScriptInitFailed',
    message: 'init() raised KeyError.',
    traceback: 'Traceback: KeyError',
  } as const;
  const crashes = recordExit(noCrashes('r'), { at: 1, code: 3, signal: null, hadBeenReady: false, failure }, 0);
  expect(status({ observed: [], crashes }).error).toMatchObject({
    code: 'UserScriptInitFailed',
    message: 'A replica ended by itself: init() raised KeyError.\nTraceback: KeyError',
  });
});

test('a replica that was killed is told by its signal', () => {
  const crashes = recordExit(
    noCrashes('r'),
    { at: 1, code: null, signal: 'SIGSEGV', hadBeenReady: false, failure: null },
    0,
  );
  expect(crashError({ ...crashes, inARow: 3 }).message).toContain('3 times in a row, the last with signal SIGSEGV');
});
