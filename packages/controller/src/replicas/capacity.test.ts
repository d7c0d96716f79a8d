import { clusterCapacity, DEFAULT_SETTINGS } from '@farled/contract';
import type { ComputeRecord } from '@farled/state';
import { expect, test } from 'vitest';

import { Reservations } from './capacity.ts';

const compute = { id: 'c', name: 'myaks', agentCount: 1, vmSize: 'Standard_D3_v2' } as ComputeRecord;
const asking = (cpu: number, memoryInGB: number, numReplicas = 1) => ({
  ...DEFAULT_SETTINGS,
  numReplicas,
  containerResourceRequirements: { ...DEFAULT_SETTINGS.containerResourceRequirements, cpu, memoryInGB },
});

test('the capacity is that of all agents together', () => {
  expect(clusterCapacity({ agentCount: 3, vmSize: 'Standard_D3_v2' })).toEqual({ cpu: 12, memoryInGB: 42 });
});

test('what fits is reserved, and what does not is refused with the numbers', () => {
  const reservations = new Reservations();
  expect(reservations.reserve('a', compute, asking(1, 1, 3))).toBeNull();
  expect(reservations.reserve('b', compute, asking(1.5, 1))).toMatchObject({
    code: 'Unschedulable',
    message: 'Compute target "myaks" has no room for 1 x (1.5 vCPU, 1 GB): it needs 1.5 vCPU, 1 of 4 are free.',
  });
  expect(reservations.reserve('b', compute, asking(1, 12))?.message).toContain('12 GB of memory, 11 of 14 are free');
});

test('a reservation is replaced, not added to, and can be given back', () => {
  const reservations = new Reservations();
  reservations.reserve('a', compute, asking(3, 1));
  expect(reservations.reserve('a', compute, asking(4, 1))).toBeNull();
  reservations.release('a');
  expect(reservations.reserve('b', compute, asking(4, 1))).toBeNull();
});

test('forty times a tenth of a vCPU is four vCPUs', () => {
  const reservations = new Reservations();
  for (let index = 0; index < 40; index += 1) {
    expect(reservations.reserve(`s${index}`, compute, asking(0.1, 0.1))).toBeNull();
  }
  expect(reservations.reserve('one more', compute, asking(0.1, 0.1))).not.toBeNull();
});

test('a service grows as far as there is room, and gives back what it does without', () => {
  const reservations = new Reservations();
  reservations.reserve('a', compute, asking(1, 1));
  reservations.reserve('b', compute, asking(1, 1));
  expect(reservations.grow('a', compute, asking(1, 1), 2)).toBe(2);
  expect(reservations.grow('a', compute, asking(1, 1), 10)).toBe(3);
  expect(reservations.reserve('b', compute, asking(2, 1))).not.toBeNull();
  expect(reservations.grow('a', compute, asking(1, 1), 1)).toBe(1);
  expect(reservations.reserve('b', compute, asking(3, 1))).toBeNull();
});
