import { routes } from '@farled/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type CompatibleTestApp, REFERENCE, startCompatibleApp } from '../testing/compatible-app.ts';

const WORKSPACE = '/subscriptions/sub/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws';
const ENVIRONMENTS = `/environment/v1.0${WORKSPACE}/environments`;

let app: CompatibleTestApp;

beforeAll(async () => {
  app = await startCompatibleApp();
});
afterAll(() => app[Symbol.asyncDispose]());

const put = (path: string, body: unknown) => app.call('PUT', `${ENVIRONMENTS}/${path}`, { body });
const get = (path: string) => app.call('GET', `${ENVIRONMENTS}/${path}`);

test('a list of many comes in pages, whichever name of the token the client uses', async () => {
  for (let at = 0; at < 101; at += 1) {
    await put(`many-${at}`, { Name: `many-${at}` });
  }
  const first = await get('');
  expect(first.body.value).toHaveLength(100);
  expect(first.body.value[0]).toMatchObject({ name: 'many-100', version: '1', docker: {}, python: {} });
  const token = encodeURIComponent(first.body.continuationToken as string);
  for (const name of ['continuation', 'continuationToken']) {
    const second = await get(`?${name}=${token}`);
    expect(second.body).toMatchObject({ value: [{ name: 'many-0' }], continuationToken: null });
  }
  expect((await get('?continuation=forged')).status).toBe(400);
});

test('what other clients registered is answered as this one reads it', async () => {
  await app.parts.api.call(
    routes.environments.register,
    { params: { ...REFERENCE, environment: 'plain' }, query: undefined, body: { name: 'plain' } },
    { signal: new AbortController().signal },
  );
  const { body } = await get('plain');
  expect(body).toMatchObject({ version: '1', python: { condaDependencies: { dependencies: [] } }, r: null });
  // The client sends back what it was given.
  expect((await put('plain/versions/1', body)).body.version).toBe('1');
});

test('a registry password is in no answer', async () => {
  const baseImageRegistry = { address: 'registry.example', username: 'u', password: 'hunter-2' };
  const answers = [
    await put('secret', { Docker: { baseImage: 'a', baseImageRegistry } }),
    await get('secret'),
    await get('secret/versions/1'),
    await get('secret/image'),
    await get(''),
    await put('secret/versions/1', { Docker: { baseImage: 'b', baseImageRegistry } }),
    await put('secret', { Docker: { baseImage: 'a', baseImageRegistry: { ...baseImageRegistry, address: null } } }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 409, 400]);
  expect(answers.map(({ text }) => text).join('\n')).not.toContain('hunter-2');
});

test('labels are taken in either case, and nothing else', async () => {
  await put('labelled', {});
  expect((await put('labelled/versions/1/metadata', { Labels: ['a'] })).body.labels).toEqual(['a']);
  expect((await put('labelled/versions/1/metadata', { labels: ['b'] })).body.labels).toEqual(['b']);
  expect((await get('labelled/labels/a')).status).toBe(404);
  expect((await get('labelled/labels/b')).body.version).toBe('1');
  for (const body of [{}, null, [], { Labels: 'b' }, { Labels: [1] }, { Labels: ['a b'] }, { Labels: ['Latest'] }]) {
    expect((await put('labelled/versions/1/metadata', body)).status, JSON.stringify(body)).toBe(400);
  }
  expect((await get('labelled/labels/b')).body.version).toBe('1');
});

test.each<readonly [string, string, string, unknown, number, string]>([
  ['no body', 'PUT', 'x', undefined, 400, 'must be an object'],
  ['a version that is none', 'PUT', 'x/versions/1.0', {}, 400, 'whole number'],
  ['version 0', 'PUT', 'x/versions/0', {}, 400, 'whole number'],
  ['a name that is none', 'PUT', 'a%2Fb', {}, 400, 'name'],
  ['a name of Microsoft', 'PUT', 'AzureML-x', {}, 400, 'AzureML'],
  ['nothing there', 'GET', 'nobody', undefined, 404, 'nobody'],
  ['no such version', 'GET', 'nobody/versions/%2e%2e', undefined, 404, 'nobody'],
  ['a recipe', 'POST', 'x/recipe', {}, 400, 'build_local'],
])('%s is told', async (_what, method, path, body, status, text) => {
  const answer = await app.call(method, `${ENVIRONMENTS}/${path}`, body === undefined ? {} : { body });
  expect(answer.status).toBe(status);
  expect(answer.body.error.message).toContain(text);
});

test('a build is told until it has ended, with the address of its log', async () => {
  await put('built', {});
  const path = `/environment/v2.0${WORKSPACE}/environments/built/versions/1/image`;
  const started = await app.call('POST', path, { body: {} });
  expect(started.status).toBe(202);
  const { location } = started.body;
  const id = String(location).split('/').at(-1) ?? '';
  expect((await app.call('GET', location)).body).toMatchObject({ status: 'Queued', error: null });
  await app.state.operations.setState(id, 'Running');
  await app.state.operations.appendLog(id, ['Installing']);
  const running = (await app.call('GET', location)).body;
  expect(running.status).toBe('Running');
  expect((await app.call('GET', running.logUrl)).text).toContain('Installing');
  const error = { code: 'EnvironmentBuildFailed', statusCode: 400, message: 'No.', suggestion: 'Yes.', details: [] };
  await app.state.operations.setState(id, 'Failed', error);
  expect((await app.call('GET', location)).body).toMatchObject({ status: 'Failed', error: { message: 'No. Yes.' } });
  expect((await app.call('POST', path.replace('built', 'nobody'), { body: {} })).status).toBe(404);
  expect((await app.call('GET', `/environment/v1.0${WORKSPACE}/imagebuilds/nobody`)).status).toBe(400);
});
