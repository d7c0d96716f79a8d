import { randomUUID } from 'node:crypto';

import { expect, test } from 'vitest';

import { deployment, furnish, startTestApp, type TestApp, WORKSPACE } from './testing/test-app.ts';

const PATH = `${WORKSPACE}/endpoints/shared`;

async function started(): Promise<TestApp> {
  const app = await startTestApp();
  await furnish(app);
  return app;
}

async function version(app: TestApp, changes: Record<string, unknown> = {}): Promise<object> {
  const { computeName: _, ...fields } = (await deployment(app)) as Record<string, unknown>;
  return { ...fields, ...changes };
}

async function create(app: TestApp, changes: Record<string, unknown> = {}) {
  const body = { computeName: 'myaks', versionName: 'one', version: await version(app), ...changes };
  return app.call('PUT', PATH, { body });
}

/** As the controller does once the version answers. */
async function becomesHealthy(app: TestApp, operationId: string, name: string): Promise<void> {
  const service = (await app.state.services.all()).find((one) => one.version?.name === name);
  if (service !== undefined) {
    await app.state.services.recordStatus(service.id, { ...service.status, state: 'Healthy' });
    await app.state.services.recordLastGood(service.id, { generation: service.generation, spec: service.spec });
  }
  await app.finish(operationId);
}

test('an endpoint is read with its versions, and is no service', async () => {
  await using app = await started();
  const { status, body } = await create(app, { tags: { a: '1' }, keys: { primaryKey: 'a-key-of-mine' } });
  expect({ status, body }).toMatchObject({
    status: 202,
    body: { kind: 'CreateEndpoint', target: { type: 'version', name: 'shared.one' } },
  });
  await becomesHealthy(app, body.id as string, 'one');

  const read = await app.call('GET', PATH);
  expect(read.body).toMatchObject({
    name: 'shared',
    computeType: 'AKSENDPOINT',
    state: 'Healthy',
    scoringUri: 'http://127.0.0.1:7311/api/v1/service/shared/score',
    tags: { a: '1' },
    authEnabled: true,
    defaultVersion: 'one',
    versions: [{ name: 'one', state: 'Healthy', effectivePercentile: 100, isDefault: true, type: 'Control' }],
  });
  expect((await app.call('GET', `${WORKSPACE}/endpoints`)).body.value).toEqual([read.body]);
  expect((await app.call('GET', `${WORKSPACE}/services`)).body.value).toEqual([]);
  expect((await app.call('POST', `${PATH}/listKeys`)).body.primaryKey).toBe('a-key-of-mine');
  expect((await app.call('GET', `${PATH}/versions/one/logs`)).body.lines).toEqual(['log of shared.one']);
});

test('a request that is sent again starts nothing anew', async () => {
  await using app = await started();
  const operationId = randomUUID();
  const first = await create(app, { operationId });
  expect(await create(app, { operationId })).toEqual(first);
  expect(await create(app, { operationId, versionName: 'two' })).toMatchObject({
    status: 409,
    body: { code: 'OperationIdReused' },
  });
});

test('names are shared with services', async () => {
  await using app = await started();
  await create(app);
  const service = await app.call('PUT', `${WORKSPACE}/services/shared`, { body: await deployment(app) });
  expect(service).toMatchObject({ status: 409, body: { code: 'EndpointAlreadyExists' } });
  const other = `${WORKSPACE}/services/other`;
  await app.call('PUT', other, { body: await deployment(app) });
  const body = { computeName: 'myaks', version: await version(app) };
  expect(await app.call('PUT', `${WORKSPACE}/endpoints/other`, { body })).toMatchObject({
    status: 409,
    body: { code: 'ServiceAlreadyExists' },
  });
});

test('one operation at a time changes a version, while another version may change beside it', async () => {
  await using app = await started();
  const { body: created } = await create(app);
  const change = { body: { trafficPercentile: 5 } };
  expect(await app.call('PATCH', `${PATH}/versions/one`, change)).toMatchObject({
    status: 409,
    body: { code: 'OperationInProgress' },
  });
  expect(await app.call('DELETE', PATH)).toMatchObject({ status: 409, body: { code: 'OperationInProgress' } });
  const second = await app.call('PUT', `${PATH}/versions/two`, { body: await version(app) });
  expect(second.status).toBe(202);
  await becomesHealthy(app, created.id as string, 'one');
  expect((await app.call('PATCH', `${PATH}/versions/one`, change)).status).toBe(202);
});

test('what is refused changes nothing', async () => {
  await using app = await started();
  const { body } = await create(app, { version: await version(app, { trafficPercentile: 60 }) });
  await becomesHealthy(app, body.id as string, 'one');
  const before = await app.call('GET', PATH);
  const tooMuch = await app.call('PUT', `${PATH}/versions/two`, {
    body: await version(app, { trafficPercentile: 50 }),
  });
  expect(tooMuch).toMatchObject({ status: 400, body: { message: expect.stringContaining('110 percent') as string } });
  for (const change of [
    { traffic: { one: 101 } },
    { traffic: { two: 1 } },
    { mirror: { version: 'two', percentile: 1 } },
    { defaultVersion: 'two' },
    { authEnabled: true, tokenAuthEnabled: true },
    { stickyHeader: 'no header' },
  ]) {
    expect((await app.call('PATCH', PATH, { body: change })).status, JSON.stringify(change)).toBeGreaterThanOrEqual(
      400,
    );
  }
  expect(await app.call('DELETE', `${PATH}/versions/one`)).toMatchObject({ body: { code: 'VersionInUse' } });
  expect(await app.call('GET', PATH)).toEqual(before);
});

test('the only version that ever answered stays, though another one is the default', async () => {
  await using app = await started();
  const { body } = await create(app);
  await becomesHealthy(app, body.id as string, 'one');
  const second = await app.call('PUT', `${PATH}/versions/two`, { body: await version(app, { isDefault: true }) });
  expect(await app.call('DELETE', `${PATH}/versions/one`)).toMatchObject({
    status: 409,
    body: { code: 'VersionInUse', message: expect.stringContaining('ever answered') as string },
  });
  await becomesHealthy(app, second.body.id as string, 'two');
  const deleted = await app.call('DELETE', `${PATH}/versions/one`);
  expect(deleted.status).toBe(202);
  expect((await app.call('GET', PATH)).body).toMatchObject({
    defaultVersion: 'two',
    controlVersion: 'two',
    versions: [{ name: 'two', effectivePercentile: 100 }],
  });
});

test('an endpoint that is deployed anew keeps its keys and other versions', async () => {
  await using app = await started();
  const { body } = await create(app);
  await becomesHealthy(app, body.id as string, 'one');
  const keys = await app.call('POST', `${PATH}/listKeys`);
  expect((await create(app)).body).toMatchObject({ code: 'EndpointAlreadyExists' });
  const again = await create(app, { overwrite: true, versionName: 'two', description: 'anew' });
  expect(again).toMatchObject({ status: 202, body: { kind: 'CreateVersion', target: { name: 'shared.two' } } });
  expect((await app.call('GET', PATH)).body).toMatchObject({
    description: 'anew',
    versions: [{ name: 'one' }, { name: 'two' }],
  });
  expect(await app.call('POST', `${PATH}/listKeys`)).toEqual(keys);
});

test('keys and tokens exclude each other', async () => {
  await using app = await started();
  const { body } = await create(app, { tokenAuthEnabled: true });
  await becomesHealthy(app, body.id as string, 'one');
  expect((await app.call('GET', PATH)).body).toMatchObject({ authEnabled: false, tokenAuthEnabled: true });
  expect(await app.call('POST', `${PATH}/listKeys`)).toMatchObject({ body: { code: 'AuthenticationKindDiffers' } });
  expect((await app.call('POST', `${PATH}/token`)).body).toMatchObject({ tokenType: 'Bearer' });
  expect((await app.call('POST', `${PATH}/revokeTokens`)).body.notBefore).toBeGreaterThan(0);
});

test('nothing of an endpoint that is being deleted can be changed', async () => {
  await using app = await started();
  const { body } = await create(app);
  await becomesHealthy(app, body.id as string, 'one');
  expect(await app.call('DELETE', PATH)).toMatchObject({ status: 202, body: { kind: 'DeleteEndpoint' } });
  for (const [method, path, said] of [
    ['PATCH', PATH, {}],
    ['PATCH', `${PATH}/versions/one`, {}],
    ['PUT', `${PATH}/versions/two`, await version(app)],
  ] as const) {
    expect(await app.call(method, path, { body: said })).toMatchObject({
      status: 409,
      body: { code: 'OperationInProgress' },
    });
  }
  expect((await app.state.services.all()).every(({ deleting }) => deleting)).toBe(true);
});
