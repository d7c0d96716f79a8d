import { FarledError, type Operation, routes } from '@farled/contract';
import type { Api } from '@farled/server';
import { systemClock } from '@farled/service';
import { expect, test } from 'vitest';

import { deleteService } from './delete-service.ts';

const asked = {
  workspace: { subscriptionId: 'sub', resourceGroup: 'rg', workspace: 'ws' },
  caller: null,
  signal: new AbortController().signal,
};
const operation = (kind: Operation['kind'], state: Operation['state']) => ({ id: 'o', kind, state });
const busy = () => {
  throw new FarledError('OperationInProgress', 'busy');
};

/** Answers each call with what comes next for its route; tells which were made. */
function api(answers: Readonly<Record<string, readonly (() => unknown)[]>>) {
  const made: string[] = [];
  const left = Object.fromEntries(Object.entries(answers).map(([route, queue]) => [route, [...queue]]));
  const call = async ({ operationId }: { readonly operationId: string }): Promise<unknown> => {
    made.push(operationId);
    return left[operationId]?.shift()?.();
  };
  return { made, parts: { api: { call } as unknown as Api, clock: systemClock } };
}

test('a service that rests is deleted at once, and one that is not there is none', async () => {
  const started = operation('DeleteService', 'NotStarted');
  const { parts, made } = api({ deleteService: [() => started, () => undefined] });
  expect(await deleteService(parts, 'mysvc', asked)).toBe(started);
  expect(await deleteService(parts, 'mysvc', asked)).toBeUndefined();
  expect(made).toEqual(['deleteService', 'deleteService']);
});

test('what is under way is cancelled, and waited for', async () => {
  const started = operation('DeleteService', 'NotStarted');
  const { parts, made } = api({
    deleteService: [busy, () => started],
    getService: [() => ({ operationId: 'o' })],
    getOperation: [() => operation('CreateService', 'Running')],
    getOperationLog: [() => ({ next: 3, state: 'Running' }), () => ({ next: 4, state: 'Cancelled' })],
  });
  expect(await deleteService(parts, 'mysvc', asked)).toBe(started);
  expect(made).toEqual([
    'deleteService',
    'getService',
    'getOperation',
    routes.operations.cancel.operationId,
    'getOperationLog',
    'getOperationLog',
    'deleteService',
  ]);
});

test('a deletion that is under way is the answer to another one', async () => {
  const deletion = operation('DeleteService', 'Running');
  const { parts, made } = api({
    deleteService: [busy],
    getService: [() => ({ operationId: 'o' })],
    getOperation: [() => deletion],
  });
  expect(await deleteService(parts, 'mysvc', asked)).toBe(deletion);
  expect(made).not.toContain(routes.operations.cancel.operationId);
});

test('one that has just ended leaves nothing to delete', async () => {
  const gone = () => {
    throw new FarledError('ServiceNotFound', 'gone');
  };
  const { parts } = api({ deleteService: [busy], getService: [gone] });
  expect(await deleteService(parts, 'mysvc', asked)).toBeUndefined();
});

test('what does not end is told, and so is any other refusal', async () => {
  const stuck = api({
    deleteService: [busy, busy],
    getService: [() => ({ operationId: 'o' })],
    getOperation: [() => operation('CreateService', 'Running')],
    getOperationLog: [() => ({ next: 0, state: 'Cancelled' })],
  });
  await expect(deleteService(stuck.parts, 'mysvc', asked)).rejects.toMatchObject({ code: 'OperationInProgress' });
  const refused = () => {
    throw new FarledError('WorkspaceNotFound', 'none');
  };
  const { parts } = api({ deleteService: [refused] });
  await expect(deleteService(parts, 'mysvc', asked)).rejects.toMatchObject({ code: 'WorkspaceNotFound' });
});
