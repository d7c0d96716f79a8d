import type { Condition, ContainerState, Job, Pod } from '@farled/kubernetes';
import { expect, test } from 'vitest';

import { buildState, buildWaitsFor, hasBegun } from './build-state.ts';

const job = (...conditions: Condition[]): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'base' },
  status: { conditions },
});
const holds = (type: string, reason = ''): Condition => ({ type, status: 'True', reason });
const pod = (state: ContainerState, conditions: readonly Condition[] = []): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'base-x' },
  spec: { containers: [] },
  status: { conditions, containerStatuses: [{ name: 'buildah', ready: false, restartCount: 0, state }] },
});

test.each([
  ['nothing is said yet', job(), pod({ running: {} }), { phase: 'running' }],
  ['it is about to be complete', job(holds('SuccessCriteriaMet')), undefined, { phase: 'running' }],
  ['it is complete', job(holds('Complete')), undefined, { phase: 'built' }],
  [
    'buildah failed',
    job(holds('Failed', 'BackoffLimitExceeded')),
    pod({ terminated: { exitCode: 3 } }),
    { phase: 'failed', why: 'buildah ended with exit code 3' },
  ],
  [
    'a step took too much memory',
    job(holds('Failed', 'BackoffLimitExceeded')),
    pod({ terminated: { exitCode: 137, reason: 'OOMKilled' } }),
    { phase: 'failed', why: 'it ran out of memory' },
  ],
  [
    'its time is over',
    job(holds('Failed', 'DeadlineExceeded')),
    undefined,
    { phase: 'failed', why: 'it took longer than 20 minutes' },
  ],
  ['it is gone', undefined, undefined, { phase: 'failed', why: 'somebody deleted its Job' }],
])('when %s', (_what, seen, itsPod, expected) => {
  expect(buildState(seen, itsPod)).toEqual(expected);
});

test('what a build waits for is told, and its log is read once it began', () => {
  const unscheduled = pod({}, [
    { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/2 nodes are available' },
  ]);
  expect(buildWaitsFor(unscheduled)).toBe('The build waits for a node: 0/2 nodes are available');
  const pulling = pod({ waiting: { reason: 'ErrImagePull', message: 'not found' } });
  expect(buildWaitsFor(pulling)).toBe('The build waits: ErrImagePull: not found');
  expect(buildWaitsFor(pod({ waiting: { reason: 'ContainerCreating' } }))).toBeNull();
  expect([unscheduled, pulling, pod({ running: {} }), pod({ terminated: { exitCode: 0 } })].map(hasBegun)).toEqual([
    false,
    false,
    true,
    true,
  ]);
});
