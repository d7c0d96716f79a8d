import { addVersion, firstVersion, NO_LATENCIES, type RouterStatistics } from '@farled/contract';
import type { RolloutRecord } from '@farled/state';
import { expect, test } from 'vitest';

import { moveRollout, takeBack } from './rollout.ts';

const traffic = addVersion(firstVersion('one', {}), 'two', { trafficPercentile: 10 });
const endpoint = { name: 'shared', sharing: { traffic, stickyHeader: null, mirror: null } };
const START = 1_000_000;
const rollout: RolloutRecord = {
  operationId: 'operation',
  version: 'two',
  steps: [10, 50],
  step: 0,
  stepSeconds: 60,
  minRequests: 10,
  maxErrorRateIncrease: 0.01,
  maxP99Ratio: null,
  state: 'Running',
  before: 3,
  because: 'It begins.',
  observation: null,
};

const counted = (name: string, answered: number, errors: number): RouterStatistics['services'][number] => ({
  name,
  answered,
  errors,
  failed: 0,
  refused: 0,
  accepted: answered,
  latency: NO_LATENCIES,
  queued: 0,
  inFlight: 0,
  copies: 0,
  refusedAtOnce: 0,
  ejections: 0,
  replicas: [],
});
const statistics = (one: number, two: number, errorsOfTwo = 0): readonly RouterStatistics[] => [
  {
    id: 'router',
    startedAt: 0,
    pid: 1,
    generation: 1,
    listening: { host: '127.0.0.1', port: 1 },
    services: [counted('shared.one', one, 0), counted('shared.two', two, errorsOfTwo)],
    endpoints: [],
  },
];
const begun = moveRollout(endpoint, rollout, statistics(500, 500, 400), START).rollout;
const share = (moved: ReturnType<typeof moveRollout>) =>
  moved.sharing?.traffic.versions.find(({ name }) => name === 'two')?.trafficPercentile;

test('what was counted before a step counts for nothing in it', () => {
  const moved = moveRollout(endpoint, begun, statistics(600, 505, 400), START + 30_000);
  expect(moved.sharing).toBeUndefined();
  expect(moved.rollout).toMatchObject({ state: 'Running', step: 0 });
  expect(moved.rollout.because).toMatch(/After 30 of at least 60 s, 5 of at least 10 requests/);
});

test('a step that went well is followed by the next, which begins to count anew', () => {
  const moved = moveRollout(endpoint, begun, statistics(600, 520, 400), START + 60_000);
  expect(share(moved)).toBe(50);
  expect(moved.rollout).toMatchObject({ state: 'Running', step: 1, observation: null });
});

test('the last step ends it, with the percentage that it has', () => {
  const moved = moveRollout(endpoint, { ...begun, step: 1 }, statistics(600, 520, 400), START + 60_000);
  expect(moved.sharing).toBeUndefined();
  expect(moved.rollout).toMatchObject({ state: 'Succeeded', step: 1 });
});

test('a version that fails requests gets what it got before, with the numbers', () => {
  const moved = moveRollout(endpoint, begun, statistics(700, 560, 450), START + 5000);
  expect(share(moved)).toBe(3);
  expect(moved.rollout).toMatchObject({ state: 'RolledBack', step: 0, observation: null });
  expect(moved.line).toMatch(/50 of 60 requests failed/);
});

test('what a step came to is told by values that a file can hold', () => {
  expect(JSON.parse(JSON.stringify(begun))).toEqual(begun);
});

test('a rollout that is aborted leaves the version what it had', () => {
  expect(share(takeBack(endpoint.sharing, begun, 'Aborted', 'It was aborted.'))).toBe(3);
});
