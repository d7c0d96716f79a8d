/** The routes over handlers that are made up: what becomes of their answers and refusals on the wire. */
import { DEFAULT_SETTINGS, FarledError, type Service } from '@farled/contract';
import { systemClock } from '@farled/service';
import { describe, expect, test } from 'vitest';

import type { CompatibleParts } from '../parts.ts';
import type { CompatibleRequest } from '../route.ts';
import { serviceRoutes } from './routes.ts';

const TIME = '2026-11-25T03:00:00.000Z';
const SCOPE = '/subscriptions/sub/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws';
const SERVICE: Service = {
  id: 'id',
  name: 'mysvc',
  description: '',
  tags: {},
  properties: {},
  computeName: 'myaks',
  computeType: 'AKS',
  state: 'Healthy',
  error: null,
  scoringUri: 'http://host/score',
  swaggerUri: 'http://host/swagger.json',
  models: [],
  inference: { entryScript: 'score.py', environment: { name: 'myenv', version: '1' } },
  settings: DEFAULT_SETTINGS,
  deploymentStatus: { desiredReplicas: 1, updatedReplicas: 1, availableReplicas: 1, replicas: [] },
  operationId: 'operation',
  createdTime: TIME,
  updatedTime: TIME,
};
const OPERATION = { id: 'operation', kind: 'UpdateService', state: 'NotStarted' };

type Handler = (input: { readonly query?: unknown; readonly body?: unknown }) => unknown;

/** Sends a request of a row to handlers by their ids. */
async function send(
  row: string,
  handlers: Readonly<Record<string, Handler>>,
  request: Partial<CompatibleRequest> = {},
  awaits = false,
) {
  const asked: Record<string, unknown>[] = [];
  const call = async ({ operationId }: { operationId: string }, input: Parameters<Handler>[0]): Promise<unknown> => {
    if (operationId === 'listEndpoints') {
      return { value: [] };
    }
    asked.push({ operationId, ...input });
    return handlers[operationId]?.(input);
  };
  const parts = {
    api: { call, rehearse: call },
    state: {
      workspaces: { get: async () => ({ key: 'key' }) },
      operations: {
        find: async () => ({ state: awaits ? 'NotStarted' : 'Succeeded' }),
        log: async (_id: string, from: number) => ({ lines: from === 0 ? [{ at: TIME, text: 'prepared' }] : [] }),
      },
      endpoints: { find: async () => undefined },
      services: {
        byId: async () => ({ lastGood: {} }),
        find: async (_key: string, name: string) => (name === 'mysvc' ? {} : undefined),
      },
      environments: {
        get: async () => ({
          name: 'myenv',
          version: '1',
          definition: { python: {}, docker: { baseImageRegistry: {} }, environmentVariables: {} },
        }),
      },
    },
    artifacts: {},
    url: () => 'https://host',
    clock: systemClock,
  } as unknown as CompatibleParts;
  const route = serviceRoutes(parts).find((candidate) => candidate.row === row);
  const answer = await route?.answer({
    params: { service: 'mysvc' },
    query: {},
    body: undefined,
    headers: {},
    workspace: { subscriptionId: 'sub', resourceGroup: 'rg', workspace: 'ws' },
    caller: null,
    remoteAddress: '',
    signal: new AbortController().signal,
    ...request,
  });
  return { status: answer?.status, headers: answer?.headers, body: answer?.body as Record<string, unknown>, asked };
}

const get = { getService: () => SERVICE };
const patch = (...changes: readonly (readonly [string, unknown])[]) => ({
  body: changes.map(([path, value]) => ({ op: 'replace', path, value })),
});

describe('F5: one service', () => {
  test('is read, and in transition while a change of it waits', async () => {
    expect((await send('F5', get)).body).toMatchObject({ name: 'mysvc', state: 'Healthy' });
    expect((await send('F5', get, {}, true)).body).toMatchObject({ state: 'Transitioning' });
  });

  test('of a name that none can have is not found, rather than wrong', async () => {
    await expect(send('F5', get, { params: { service: 'No Such' } })).rejects.toMatchObject({
      code: 'ServiceNotFound',
    });
  });
});

describe('F6: lists', () => {
  test('of one page have no link to another', async () => {
    const { body } = await send('F6', { listServices: () => ({ value: [SERVICE] }) });
    expect(body['value']).toHaveLength(1);
    expect(body).not.toHaveProperty('nextLink');
  });

  test('of several have the address of the next, with what was asked', async () => {
    const handlers = { listServices: () => ({ value: [SERVICE], skipToken: 'abc' }) };
    const { body } = await send('F6', handlers, { query: { expand: 'true', tags: 'a=b' } });
    expect(body['nextLink']).toBe(
      `https://host/modelmanagement/v1.0${SCOPE}/services?expand=true&tags=a%3Db&%24skipToken=abc`,
    );
  });

  test('of what no service has are empty, and nothing is asked', async () => {
    const { body, asked } = await send('F6', {}, { query: { imageId: 'x:1' } });
    expect({ body, asked }).toEqual({ body: { value: [] }, asked: [] });
  });
});

describe('F7: updates', () => {
  const update = { ...get, updateService: () => OPERATION };

  test('of settings go on after the answer', async () => {
    const { status, headers, asked } = await send('F7', update, patch(['/numReplicas', 2], ['/kvTags', { a: '1' }]));
    expect(status).toBe(202);
    expect(headers).toEqual({
      'operation-location': `https://host/modelmanagement/v1.0${SCOPE}/operations/operation`,
    });
    expect(asked[0]).toMatchObject({
      operationId: 'updateService',
      body: { settings: { numReplicas: 2 }, tags: { a: '1' } },
    });
  });

  test('of labels have been made when they are answered', async () => {
    const ended = { ...update, getOperationLog: () => ({ next: 0, state: 'Succeeded' }) };
    expect(await send('F7', ended, patch(['/kvTags', { a: '1' }]))).toMatchObject({
      status: 200,
      body: { name: 'mysvc', operationId: 'operation' },
    });
  });

  test('with one path that can not be changed change nothing', async () => {
    const sent = send('F7', update, patch(['/numReplicas', 2], ['/computeName', 'x']));
    await expect(sent).rejects.toMatchObject({ code: 'BadArgument' });
  });
});

describe('F8: deletion', () => {
  test('goes on after the answer, or finds nothing to delete', async () => {
    expect(await send('F8', { deleteService: () => OPERATION })).toMatchObject({
      status: 202,
      headers: { 'operation-location': expect.stringContaining('/operations/operation') },
    });
    expect(await send('F8', { deleteService: () => undefined })).toMatchObject({ status: 204 });
    expect(await send('F8', {}, { params: { service: 'No Such' } })).toMatchObject({ status: 204, asked: [] });
  });
});

describe('F9: logs', () => {
  const logs = { ...get, getServiceLogs: () => ({ lines: ['one', 'two'] }) };

  test.each<readonly [Readonly<Record<string, string>>, number]>([
    [{}, 5000],
    [{ tail: '' }, 5000],
    [{ tail: '10', init: 'False' }, 10],
    [{ tail: '999999999' }, 50_000],
  ])('%j', async (query, lines) => {
    const { body, asked } = await send('F9', logs, { query });
    expect(body).toEqual({ content: 'one\ntwo\n' });
    expect(asked[0]?.['query']).toEqual({ lines });
  });

  test('of the preparation are those of the operation', async () => {
    expect((await send('F9', logs, { query: { init: 'True' } })).body).toEqual({ content: 'prepared\n' });
  });

  test.each(['0', '-1', 'x', '1.5', '1e3'])('of %s lines are refused', async (tail) => {
    await expect(send('F9', logs, { query: { tail } })).rejects.toThrow(`tail "${tail}"`);
  });
});

describe('F10 to F12: keys and tokens', () => {
  const keys = { primaryKey: 'p', secondaryKey: 's' };

  test('are answered as they are', async () => {
    expect((await send('F10', { listServiceKeys: () => keys })).body).toEqual(keys);
    const token = { accessToken: 't', tokenType: 'Bearer', refreshAfter: 1, expiryOn: 2 };
    expect((await send('F12', { getServiceToken: () => token })).body).toEqual(token);
  });

  test.each<readonly [object, object]>([
    [{ keyType: 'Primary', keyValue: null }, { keyType: 'Primary' }],
    [
      { keyType: 'secondary', keyValue: 'chosen-key' },
      { keyType: 'Secondary', keyValue: 'chosen-key' },
    ],
    [{ keyType: 0 }, { keyType: 'Primary' }],
    [{ keyType: 1 }, { keyType: 'Secondary' }],
    [{ keyType: 'Third' }, { keyType: 'Third' }],
  ])('%j replaces a key, by an operation that has ended', async (body, asked) => {
    const sent = await send('F11', { regenerateServiceKey: () => keys }, { body });
    expect(sent).toMatchObject({ status: 200, body: keys, asked: [{ body: asked }] });
    expect(sent.headers?.['operation-location']).toMatch(/\/operations\/keys-mysvc-\d+$/);
  });
});

describe('F1 to F3: checks', () => {
  const verdict = async (row: string, request: Partial<CompatibleRequest>, handlers = {}) =>
    (await send(row, handlers, request)).body;

  test('answer nothing to what is right', async () => {
    expect(await verdict('F1', { params: { service: 'other' } })).toEqual({});
    expect(await verdict('F2', { body: { type: 'Delete', serviceName: 'mysvc' } })).toEqual({});
    const update = { type: 'Update', serviceName: 'mysvc', updateRequest: patch(['/numReplicas', 2]).body };
    expect(await verdict('F2', { body: update })).toEqual({});
  });

  test.each<readonly [string, Partial<CompatibleRequest>, string]>([
    ['F1', {}, 'There is a service "mysvc" already. Update it'],
    ['F1', { params: { service: 'Bad_Name' } }, 'must be 3 to 32 lowercase letters'],
    ['F2', { body: {} }, 'type must be Create, Update or Delete'],
    ['F2', { body: { type: 'constructor' } }, 'type must be Create, Update or Delete'],
    ['F2', { body: { type: 'Create' } }, 'The request is not valid'],
    ['F2', { body: { type: 'Update', updateRequest: patch(['/x', 1]).body } }, "/x: an update of a service can't"],
    ['F3', { body: { name: 'mysvc', computeType: 'AKSENDPOINT' } }, 'versions'],
  ])('%s tells in one sentence what is wrong: %j', async (row, request, told) => {
    expect(await verdict(row, request)).toEqual({ error: { message: expect.stringContaining(told) } });
  });

  test('tell what the domain refuses', async () => {
    const refuse = () => {
      throw new FarledError('OperationInProgress', 'It is busy.', { suggestion: 'Wait.' });
    };
    const body = { type: 'Update', serviceName: 'mysvc', updateRequest: patch(['/numReplicas', 2]).body };
    expect(await verdict('F2', { body }, { updateService: refuse })).toEqual({
      error: { message: 'It is busy. Wait.' },
    });
  });
});

test('F14: there is nothing to migrate to', async () => {
  await expect(send('F14', {})).rejects.toMatchObject({ code: 'NotSupportedYet' });
});
