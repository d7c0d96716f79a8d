import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';

import { PREFIX } from '@farled/contract';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { DECISIONS, deployment, furnish, startTestApp, type TestApp, WORKSPACE } from './testing/test-app.ts';

let api: TestApp;
beforeEach(async () => {
  api = await startTestApp();
});
afterEach(() => api[Symbol.asyncDispose]());

test('the OpenAPI document is valid and names every route', async () => {
  const { body } = await api.call('GET', '/openapi.json', { token: null });
  const result = await new Validator().validate(body);
  expect(result).toMatchObject({ valid: true });
  expect(body.openapi).toBe('3.1.0');
  expect(
    body.paths[
      `${PREFIX}${WORKSPACE.replace('sub/', '{subscriptionId}/').replace('rg/', '{resourceGroup}/').replace(/ws$/, '{workspace}')}`
    ],
  ).toHaveProperty('put');
  expect(JSON.stringify(body)).not.toContain('#/$defs/');
});

test('the server says what it is without a token', async () => {
  const { status, body } = await api.call('GET', '/server', { token: null });
  expect([status, body]).toEqual([200, { product: 'farled', version: '1.2.3', scoringUrl: 'http://127.0.0.1:7311' }]);
});

test('a workspace is found whatever the case of its id, and existOk answers with it', async () => {
  expect((await api.call('PUT', WORKSPACE, { body: {} })).status).toBe(201);
  expect((await api.call('PUT', WORKSPACE, { body: {} })).status).toBe(409);
  expect((await api.call('PUT', WORKSPACE, { body: { existOk: true } })).status).toBe(200);
  const { body } = await api.call('GET', WORKSPACE.replace('/ws', '/WS'));
  expect(body.name).toBe('ws');
  expect(body).not.toHaveProperty('key');
});

test('the log of a service is followed until its reader goes', async () => {
  await furnish(api);
  await api.call('PUT', `${WORKSPACE}/services/myservice`, { body: await deployment(api) });
  await api.app.listen({ port: 0 });
  const { port } = api.app.server.address() as AddressInfo;
  const headers = { authorization: 'Bearer owner-token-of-a-test' };
  const path = `${PREFIX}${WORKSPACE}/services/myservice/logs/follow?lines=2`;
  const asked = request({ port, path, headers }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  expect([answer.statusCode, answer.headers['content-length']]).toEqual([200, undefined]);
  let text = '';
  answer.on('data', (bytes) => (text += String(bytes)));
  await expect.poll(() => text).toBe('"myservice says 1"\n"myservice says 2"\n');
  answer.destroy();
  expect((await api.call('GET', `${WORKSPACE}/services/nobody/logs/follow`)).body.code).toBe('ServiceNotFound');
});

test('an upload streams, is checked, and comes back as it was', async () => {
  await furnish(api);
  const bytes = Buffer.alloc(3_000_000, 'abc');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await api.app.listen({ port: 0 });
  const { port } = api.app.server.address() as AddressInfo;
  const headers = { authorization: 'Bearer owner-token-of-a-test', 'content-type': 'application/json' };
  const path = `${PREFIX}${WORKSPACE}/artifacts/${sha256}`;
  const upload = request({ port, path, method: 'PUT', headers });
  upload.write(bytes.subarray(0, 1_000_000));
  upload.end(bytes.subarray(1_000_000));
  const [answer] = (await once(upload, 'response')) as [{ statusCode: number; resume: () => void }];
  answer.resume();
  expect(answer.statusCode).toBe(201);
  const back = await api.app.inject({ url: path, headers: { authorization: headers.authorization } });
  expect(back.rawPayload.equals(bytes)).toBe(true);
  expect(back.headers['content-length']).toBe('3000000');
});

test('an empty file can be uploaded', async () => {
  await furnish(api);
  const sha256 = createHash('sha256').digest('hex');
  expect(await api.call('PUT', `${WORKSPACE}/artifacts/${sha256}`)).toMatchObject({ status: 201, body: { size: 0 } });
});

describe('compute targets', () => {
  beforeEach(() => furnish(api));

  test('one that is created brings a cluster named after it; detached, the cluster stays known', async () => {
    const { body } = await api.call('GET', `${WORKSPACE}/computes/MYAKS`);
    expect(body).toMatchObject({ name: 'myaks', capacity: { cpu: 4, memoryInGB: 14 }, reserved: { cpu: 0 } });
    expect(body.resourceId).toMatch(/managedClusters\/myaks$/);
    const detached = await api.call('POST', `${WORKSPACE}/computes/myaks/detach`);
    expect(detached).toMatchObject({ status: 202, body: { kind: 'DetachCompute', state: 'NotStarted' } });
  });

  test('a production cluster needs 12 vCPUs', async () => {
    const { status, body } = await api.call('PUT', `${WORKSPACE}/computes/small`, {
      body: { mode: 'create', agentCount: 2, vmSize: 'standard_d3_V2' },
    });
    expect([status, body.code]).toEqual([400, 'ComputeTooSmall']);
    expect(body.message).toContain('greater than or equal to 12 virtual CPUs');
    expect((await api.call('GET', `${WORKSPACE}/computes/small`)).status).toBe(404);
    expect((await api.call('GET', '/clusters')).body.value).toHaveLength(1);
  });

  test('a known cluster is attached by its resource id, once', async () => {
    const cluster = '/subscriptions/s/resourceGroups/g/clusters/c1';
    await api.call('PUT', cluster, { body: { kind: 'local' } });
    const { resourceId } = (await api.call('GET', cluster)).body;
    const body = { mode: 'attach', resourceId: String(resourceId).toUpperCase() };
    expect((await api.call('PUT', `${WORKSPACE}/computes/one`, { body })).status).toBe(202);
    expect(await api.call('PUT', `${WORKSPACE}/computes/two`, { body })).toMatchObject({
      body: { code: 'ClusterInUse' },
    });
    expect(await api.call('DELETE', cluster)).toMatchObject({ status: 409 });
  });
});

function claimsOf(token: string): { readonly aud: string; readonly iat: number } {
  const [, payload = ''] = token.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as { aud: string; iat: number };
}

describe('services', () => {
  beforeEach(() => furnish(api));
  const PATH = `${WORKSPACE}/services/myservice`;

  test('a request sent twice with one operation id starts one operation', async () => {
    const operationId = randomUUID();
    const body = await deployment(api, { operationId });
    const first = await api.call('PUT', PATH, { body });
    const second = await api.call('PUT', PATH, { body });
    expect(first.status).toBe(202);
    expect(second).toEqual(first);
    const other = await api.call('PUT', PATH, { body: { ...body, description: 'other' } });
    expect(other).toMatchObject({ status: 409, body: { code: 'OperationIdReused' } });
    await api.finish(operationId);
    const deleteId = randomUUID();
    const gone = await api.call('DELETE', `${PATH}?operationId=${deleteId}`);
    expect((await api.call('DELETE', `${PATH}?operationId=${deleteId}`)).body.id).toBe(gone.body.id);
  });

  test('a second change waits for the first', async () => {
    await api.call('PUT', PATH, { body: await deployment(api) });
    const update = await api.call('PATCH', PATH, { body: { description: 'x' } });
    expect(update).toMatchObject({ status: 409, body: { code: 'OperationInProgress' } });
    expect(update.body.message).toContain('CreateService');
  });

  test('a refused deployment leaves nothing, its environment included', async () => {
    const body = await deployment(api, { settings: { autoScaler: { minReplicas: 5, maxReplicas: 2 } } });
    expect((await api.call('PUT', PATH, { body })).status).toBe(400);
    expect((await api.call('GET', `${WORKSPACE}/environments`)).body.value).toEqual([]);
    expect((await api.call('GET', `${WORKSPACE}/operations`)).body.value).toHaveLength(1);
  });

  test('keys are made, replaced and kept over an overwrite', async () => {
    await api.call('PUT', PATH, { body: await deployment(api, { keys: { primaryKey: 'mine-12345' } }) });
    const keys = (await api.call('POST', `${PATH}/listKeys`)).body;
    expect(keys).toEqual({ primaryKey: 'mine-12345', secondaryKey: expect.stringMatching(/^[A-Za-z0-9]{32}$/) });
    const changed = (await api.call('POST', `${PATH}/regenerateKey`, { body: { keyType: 'Primary' } })).body;
    expect(changed.primaryKey).not.toBe(keys.primaryKey);
    expect(changed.secondaryKey).toBe(keys.secondaryKey);
    await api.finish((await api.call('GET', PATH)).body.operationId);
    const again = await api.call('PUT', PATH, { body: await deployment(api, { overwrite: true }) });
    expect(again.body.kind).toBe('UpdateService');
    expect((await api.call('POST', `${PATH}/listKeys`)).body).toEqual(changed);
  });

  test('tokens are issued in place of keys, are of that service alone, and are revoked', async () => {
    const settings = { tokenAuthEnabled: true };
    const put = await api.call('PUT', PATH, { body: await deployment(api, { settings }) });
    expect(put.status).toBe(202);
    await api.finish(put.body.id as string);
    const read = await api.call('GET', PATH);
    expect(read.body.settings).toMatchObject({ authEnabled: false, tokenAuthEnabled: true });
    const issued = await api.call('POST', `${PATH}/token`);
    expect(issued).toMatchObject({ status: 200, body: { tokenType: 'Bearer' } });
    expect(issued.body.expiryOn - issued.body.refreshAfter).toBe(1800);
    expect(claimsOf(issued.body.accessToken as string)).toMatchObject({ aud: read.body.id, service: 'myservice' });
    const revoked = await api.call('POST', `${PATH}/revokeTokens`);
    expect(revoked.status).toBe(200);
    expect(claimsOf(issued.body.accessToken as string).iat).toBeLessThan(revoked.body.notBefore as number);
    const next = await api.call('POST', `${PATH}/token`);
    expect(claimsOf(next.body.accessToken as string).iat).toBe(revoked.body.notBefore);
    for (const [path, body] of [['listKeys'], ['regenerateKey', { keyType: 'Primary' }]] as const) {
      const refused = await api.call('POST', `${PATH}/${path}`, body === undefined ? {} : { body });
      expect(refused).toMatchObject({ status: 400, body: { code: 'AuthenticationKindDiffers' } });
    }
  });

  test('one kind of authentication is switched on by switching the other one off', async () => {
    const put = await api.call('PUT', PATH, { body: await deployment(api) });
    await api.finish(put.body.id as string);
    const update = (settings: object) => api.call('PATCH', PATH, { body: { settings } });
    expect(await update({ tokenAuthEnabled: true })).toMatchObject({
      status: 400,
      body: { code: 'BadArgument', message: expect.stringContaining('set authEnabled to false to use tokens') },
    });
    expect(await api.call('POST', `${PATH}/token`)).toMatchObject({
      status: 400,
      body: {
        code: 'AuthenticationKindDiffers',
        suggestion: expect.stringContaining('farled service get-keys -n myservice'),
      },
    });
    const changed = await update({ tokenAuthEnabled: true, authEnabled: false });
    expect(changed.status).toBe(202);
    await api.finish(changed.body.id as string);
    expect(await update({ authEnabled: true })).toMatchObject({ status: 400 });
    const back = await update({ authEnabled: true, tokenAuthEnabled: false });
    expect(back.status).toBe(202);
    await api.finish(back.body.id as string);
    const opened = await update({ authEnabled: false });
    expect(opened.status).toBe(202);
    expect((await api.call('GET', PATH)).body.settings).toMatchObject({
      authEnabled: false,
      tokenAuthEnabled: false,
    });
  });

  test('an update changes what it names and nothing else', async () => {
    await api.call('PUT', PATH, { body: await deployment(api, { tags: { a: '1' }, settings: { numReplicas: 2 } }) });
    await api.finish((await api.call('GET', PATH)).body.operationId);
    await api.call('PATCH', PATH, { body: { settings: { scoringTimeoutMs: 5000 }, addTags: { b: '2' } } });
    const { body } = await api.call('GET', PATH);
    expect(body.settings).toMatchObject({ numReplicas: 2, scoringTimeoutMs: 5000, maxQueueWaitMs: 500 });
    expect(body.tags).toEqual({ a: '1', b: '2' });
    expect(body.scoringUri).toBe('http://127.0.0.1:7311/api/v1/service/myservice/score');
    expect((await api.call('GET', `${WORKSPACE}/computes/myaks`)).body.reserved).toEqual({ cpu: 0.2, memoryInGB: 1 });
  });

  test('a rollback brings back what was good before, keys and tags as they are, and forward again', async () => {
    const started = await api.call('PUT', PATH, { body: await deployment(api) });
    await api.finish(started.body.id);
    const { id } = (await api.call('GET', PATH)).body;
    const keys = (await api.call('POST', `${PATH}/listKeys`)).body;
    const becomeGood = async (): Promise<void> => {
      const service = await api.state.services.byId(id);
      await api.finish(service?.operationId ?? '');
      await api.state.services.recordLastGood(id, service as never);
    };
    expect(await api.call('POST', `${PATH}/rollback`)).toMatchObject({
      status: 409,
      body: { code: 'NothingToRollBackTo', message: expect.stringContaining('never became healthy') },
    });
    await becomeGood();
    expect(await api.call('POST', `${PATH}/rollback`)).toMatchObject({
      status: 409,
      body: { code: 'NothingToRollBackTo', message: expect.stringContaining('never anything else') },
    });
    const timeout = async (): Promise<number> => (await api.call('GET', PATH)).body.settings.scoringTimeoutMs;
    await api.call('PATCH', PATH, { body: { settings: { scoringTimeoutMs: 5000 }, addTags: { b: '2' } } });
    expect(await api.call('POST', `${PATH}/rollback`)).toMatchObject({ body: { code: 'OperationInProgress' } });
    await becomeGood();
    const operationId = randomUUID();
    const back = await api.call('POST', `${PATH}/rollback`, { body: { operationId } });
    expect(back).toMatchObject({ status: 202, body: { id: operationId, kind: 'RollBackService' } });
    expect(await api.call('POST', `${PATH}/rollback`, { body: { operationId } })).toEqual(back);
    expect(await timeout()).toBe(60_000);
    expect((await api.call('GET', PATH)).body.tags).toEqual({ b: '2' });
    expect((await api.call('POST', `${PATH}/listKeys`)).body).toEqual(keys);
    await becomeGood();
    await api.call('POST', `${PATH}/rollback`);
    expect(await timeout()).toBe(5000);
  });

  test('a rollback of what never became healthy goes to what serves', async () => {
    const started = await api.call('PUT', PATH, { body: await deployment(api) });
    await api.finish(started.body.id);
    const { id } = (await api.call('GET', PATH)).body;
    await api.state.services.recordLastGood(id, (await api.state.services.byId(id)) as never);
    const update = await api.call('PATCH', PATH, { body: { settings: { scoringTimeoutMs: 5000 } } });
    await api.finish(update.body.id);
    await api.call('POST', `${PATH}/rollback`);
    expect((await api.call('GET', PATH)).body.settings.scoringTimeoutMs).toBe(60_000);
  });

  test('an environment that is named alone is the registered one, the newest unless a version is said', async () => {
    const environment = `${WORKSPACE}/environments/known`;
    await api.call('PUT', environment, { body: { name: 'known', environmentVariables: { A: '1' } } });
    await api.call('PUT', environment, { body: { name: 'known', environmentVariables: { A: '2' } } });
    const { inference } = (await deployment(api)) as { inference: object };
    const named = async (reference: object) =>
      api.call('PUT', PATH, {
        body: await deployment(api, { overwrite: true, inference: { ...inference, environment: reference } }),
      });
    const used = async (): Promise<unknown> => (await api.call('GET', PATH)).body.inference.environment;
    await api.finish((await named({ name: 'known' })).body.id);
    expect(await used()).toEqual({ name: 'known', version: '2' });
    await api.finish((await named({ name: 'known', version: '1' })).body.id);
    expect(await used()).toEqual({ name: 'known', version: '1' });
    expect(await named({ name: 'unknown' })).toMatchObject({ status: 404, body: { code: 'EnvironmentNotFound' } });
    expect((await api.call('GET', `${WORKSPACE}/environments`)).body.value).toHaveLength(1);
  });

  test('a registry password is kept, never shown, and refused where there are no images', async () => {
    const baseImageRegistry = { address: 'registry.example', username: 'puller', password: 'hunter2-and-more' };
    const environment = { name: 'private', docker: { baseImage: 'team/python:3', baseImageRegistry } };
    const put = await api.call('PUT', `${WORKSPACE}/environments/private`, { body: environment });
    expect(put).toMatchObject({ status: 200, body: { version: '1' } });
    const answers = [put];
    for (const path of ['', '/private', '/private?version=1']) {
      answers.push(await api.call('GET', `${WORKSPACE}/environments${path}`));
    }
    const { inference } = (await deployment(api)) as { inference: object };
    for (const environmentOfIt of [environment, put.body.definition]) {
      const body = await deployment(api, { inference: { ...inference, environment: environmentOfIt } });
      const refused = await api.call('PUT', PATH, { body });
      expect(refused).toMatchObject({ status: 501, body: { code: 'NotSupportedYet' } });
      answers.push(refused);
    }
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 501, 501]);
    expect(JSON.stringify(answers)).not.toContain('hunter2');
  });

  test('what its models ask for holds when the deployment says nothing', async () => {
    await api.call('PATCH', `${WORKSPACE}/models/mymodel:1`, { body: { resourceRequirements: { cpu: 0.7 } } });
    await api.call('PUT', PATH, { body: await deployment(api) });
    const { settings } = (await api.call('GET', PATH)).body;
    expect(settings.containerResourceRequirements).toMatchObject({ cpu: 0.7, memoryInGB: 0.5 });
  });

  test('a name that another workspace uses is refused', async () => {
    await api.call('PUT', PATH, { body: await deployment(api) });
    const other = '/subscriptions/sub/resourceGroups/rg/workspaces/other';
    await api.call('PUT', other, { body: {} });
    await api.call('POST', `${other}/models`, { body: { name: 'mymodel', files: [await api.file('m', 'w')] } });
    const put = await api.call('PUT', `${other}/computes/their`, {
      body: { mode: 'create', clusterPurpose: 'DevTest' },
    });
    await api.finish(put.body.id as string);
    const body = await deployment(api, { computeName: 'their' });
    expect(await api.call('PUT', `${other}/services/myservice`, { body })).toMatchObject({
      status: 409,
      body: { code: 'ServiceNameTaken' },
    });
  });

  test('deleting none is fine, and a model in use stays', async () => {
    expect((await api.call('DELETE', `${WORKSPACE}/services/nobody`)).status).toBe(204);
    await api.call('PUT', PATH, { body: await deployment(api) });
    const refused = await api.call('DELETE', `${WORKSPACE}/models/mymodel:1`);
    expect(refused).toMatchObject({ status: 409, body: { code: 'ModelInUse' } });
    expect(refused.body.message).toContain('myservice');
  });

  test('the log of an operation waits for its next line', async () => {
    const { body } = await api.call('PUT', PATH, { body: await deployment(api) });
    const path = `${WORKSPACE}/operations/${body.id}/log`;
    const waiting = api.call('GET', `${path}?waitMs=30000`);
    await api.state.operations.appendLog(body.id, ['first', 'second']);
    expect((await waiting).body).toMatchObject({ lines: [{ text: 'first' }, { text: 'second' }], next: 2 });
    const end = api.call('GET', `${path}?from=2&waitMs=30000`);
    await api.finish(body.id);
    expect((await end).body).toEqual({ lines: [], next: 2, state: 'Succeeded' });
    expect(await api.call('POST', `${WORKSPACE}/operations/${body.id}/cancel`)).toMatchObject({
      body: { state: 'Succeeded' },
    });
  });
});

test('the decisions of the autoscaler are read from the latest back, and oldest first', async () => {
  await furnish(api);
  await api.call('PUT', `${WORKSPACE}/services/myservice`, { body: await deployment(api) });
  const path = `${WORKSPACE}/services/myservice/decisions`;
  expect((await api.call('GET', path)).body.value).toEqual(DECISIONS);
  expect((await api.call('GET', `${path}?last=1`)).body.value).toEqual(DECISIONS.slice(-1));
  expect((await api.call('GET', `${path}?last=101`)).body.code).toBe('BadArgument');
});
