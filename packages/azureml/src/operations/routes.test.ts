/** The routes over a record that is made up. */
import { FarledError } from '@farled/contract';
import { ManualClock } from '@farled/service';
import { expect, test } from 'vitest';

import type { CompatibleParts } from '../parts.ts';
import { operationRoutes } from './routes.ts';

const AT = '2026-11-25T03:04:05.000Z';
const ID = '3f0e8c52-6a3f-4b3e-9d6a-0d8a3d2b7c11';
const LINES = Array.from({ length: 5 }, (_, index) => ({ at: AT, text: `line ${index}` }));

const parts = {
  api: {
    call: async () => ({
      id: ID,
      kind: 'CreateService',
      target: { type: 'service', name: 'mysvc' },
      state: 'Running',
      error: null,
      createdTime: AT,
      endTime: null,
    }),
  },
  state: {
    fingerprint: (text: string) => `signed-${text.length}`,
    operations: {
      // Two at a time, as a long log comes in parts.
      log: async (id: string, from: number) => {
        if (id !== ID) {
          throw new FarledError('OperationNotFound', 'none');
        }
        return { lines: LINES.slice(from, from + 2) };
      },
    },
  },
  url: () => 'https://host',
  clock: new ManualClock(),
} as unknown as CompatibleParts;

const [operation, log] = operationRoutes(parts);

const ask = async (route: typeof operation, id: string, query: Record<string, string>, range?: string) => {
  const answer = await route?.answer({
    params: { operation: id },
    query,
    body: undefined,
    headers: range === undefined ? {} : { range },
    workspace: { subscriptionId: 'sub', resourceGroup: 'rg', workspace: 'ws' },
    caller: null,
    remoteAddress: '',
    signal: new AbortController().signal,
  });
  return answer?.body as Record<string, string>;
};

test('an operation has its log only for who asks, from where they are', async () => {
  expect(await ask(operation, ID, {})).not.toHaveProperty('streamingOperationLog');
  const whole = (await ask(operation, ID, { offset: '0' }))['streamingOperationLog'] ?? '';
  expect(whole.split('#')).toHaveLength(LINES.length + 1);
  expect((await ask(operation, ID, { offset: '22' }))['streamingOperationLog']).toBe(whole.slice(22));
  expect((await ask(operation, ID, { offset: 'x' }))['streamingOperationLog']).toBe(whole);
});

test('its address of the log leads there without a token', async () => {
  const { operationLog = '' } = await ask(operation, ID, {});
  const query = Object.fromEntries(new URL(operationLog).searchParams);
  expect(await ask(log, ID, query)).toBe(LINES.map(({ text }) => `${AT} ${text}\n`).join(''));
  await expect(ask(log, ID, { ...query, sig: 'other' })).rejects.toMatchObject({ code: 'Forbidden' });
  expect(log?.need).toBeNull();
});

test('what took no time has an empty log', async () => {
  const id = 'keys-mysvc-1000';
  const { operationLog = '', streamingOperationLog } = await ask(operation, id, { offset: '0' });
  expect(streamingOperationLog).toBe('');
  expect(await ask(log, id, Object.fromEntries(new URL(operationLog).searchParams))).toBe('');
});
