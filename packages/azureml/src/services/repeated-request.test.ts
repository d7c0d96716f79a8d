import { OperationId } from '@farled/contract';
import type { State } from '@farled/state';
import { expect, test } from 'vitest';

import { operationIdFor } from './repeated-request.ts';

const sent = { workspaceKey: 'key', service: 'mysvc', assets: [{ url: 'aml://artifact/LocalUpload/1/score.py' }] };
const state = (started: readonly string[] = [], latest?: string) =>
  ({
    operations: { find: async (_key: string, id: string) => (started.includes(id) ? {} : undefined) },
    services: { find: async () => (latest === undefined ? undefined : { operationId: latest }) },
  }) as unknown as State;

test('a request has one id however often it is sent, and another one than others', async () => {
  const id = await operationIdFor(state(), sent);
  expect(OperationId.safeParse(id).success).toBe(true);
  expect(await operationIdFor(state(), sent)).toBe(id);
  const others = [
    { ...sent, service: 'other' },
    { ...sent, workspaceKey: 'other' },
    { ...sent, assets: [{ url: 'aml://artifact/LocalUpload/2/score.py' }] },
  ];
  const ids = await Promise.all(others.map((other) => operationIdFor(state(), other)));
  expect(new Set([id, ...ids]).size).toBe(4);
});

test('sent again it means what it started, while that is the latest that happened', async () => {
  const id = (await operationIdFor(state(), sent)) ?? '';
  expect(await operationIdFor(state([id], id), sent)).toBe(id);
  expect(await operationIdFor(state([id], 'later'), sent)).toBeUndefined();
  expect(await operationIdFor(state([id]), sent)).toBeUndefined();
});

test('a request without uploads can not be told from others', async () => {
  expect(await operationIdFor(state(), { ...sent, assets: [] })).toBeUndefined();
});
