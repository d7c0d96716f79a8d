import { DEFAULT_SETTINGS, mergeSettings } from '@farled/contract';
import { expect, test } from 'vitest';

import { lackOfRoom } from './room.ts';

const compute = {
  name: 'myaks',
  clusterKind: 'local',
  capacity: { cpu: 4, memoryInGB: 8, gpu: 0 },
  reserved: { cpu: 3.7, memoryInGB: 1 },
} as const;
const settings = (said: object) => mergeSettings(DEFAULT_SETTINGS, said);

test('what fits is not spoken of, to the last tenth of a vCPU', () => {
  expect(lackOfRoom(compute, DEFAULT_SETTINGS)).toBeUndefined();
  expect(lackOfRoom(compute, settings({ numReplicas: 3 }))).toBeUndefined();
});

test('what does not fit is told with its numbers', () => {
  expect(lackOfRoom(compute, settings({ numReplicas: 4 }))).toContain(
    'Compute target "myaks" has no room for 4 x (0.1 vCPU, 0.5 GB): it needs 0.4 vCPU, 0.3 of 4 are free.',
  );
  const large = settings({ containerResourceRequirements: { cpu: 1, memoryInGB: 9 } });
  expect(lackOfRoom(compute, large)).toContain(
    'it needs 1 vCPU, 0.3 of 4 are free; and 9 GB of memory, 7 of 8 are free',
  );
});

test('as many replicas count as there are at first', () => {
  expect(lackOfRoom(compute, settings({ autoScaler: { minReplicas: 4 } }))).toContain('4 x');
});

test('a Kubernetes decides by itself', () => {
  expect(lackOfRoom({ ...compute, clusterKind: 'kubernetes' }, settings({ numReplicas: 400 }))).toBeUndefined();
});
