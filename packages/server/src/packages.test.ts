import { randomUUID } from 'node:crypto';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { deployment, furnish, startTestApp, type TestApp, WORKSPACE } from './testing/test-app.ts';

const PATH = `${WORKSPACE}/packages`;

let api: TestApp;
beforeEach(async () => {
  api = await startTestApp(undefined, true);
  await furnish(api);
});
afterEach(() => api[Symbol.asyncDispose]());

async function asked(changes: Record<string, unknown> = {}, of: TestApp = api): Promise<object> {
  const { inference } = (await deployment(of)) as { inference: object };
  return { models: ['mymodel:1'], inference, ...changes };
}

test('a package is found under the id of its operation, and asked for twice is one', async () => {
  const operationId = randomUUID();
  const body = await asked({ operationId });
  const first = await api.call('POST', PATH, { body });
  expect(first).toMatchObject({
    status: 202,
    body: {
      id: operationId,
      kind: 'PackageModels',
      target: { type: 'package', name: expect.stringMatching(/^package:\d{14}$/) },
    },
  });
  expect(await api.call('POST', PATH, { body })).toEqual(first);
  const made = await api.call('GET', `${PATH}/${operationId}`);
  expect(made).toMatchObject({
    status: 200,
    body: { id: operationId, form: 'image', models: ['mymodel:1'], location: null, digest: null, files: [] },
  });
  const digest = `sha256:${'0'.repeat(64)}`;
  await api.state.packages.recordResult(operationId, { location: 'registry.example/package:1', digest, files: [] });
  expect((await api.call('GET', `${PATH}/${operationId}`)).body).toMatchObject({
    location: 'registry.example/package:1',
    digest,
  });
});

test('without a registry there are only Dockerfiles', async () => {
  await using bare = await startTestApp();
  await furnish(bare);
  const refused = await bare.call('POST', PATH, { body: await asked({}, bare) });
  expect(refused).toMatchObject({ status: 409, body: { code: 'NoRegistry' } });
  const body = await asked({ generateDockerfile: true }, bare);
  expect(await bare.call('POST', PATH, { body })).toMatchObject({ status: 202 });
});

test.each([
  ['a name in capitals', { imageName: 'Package' }, 400, 'BadArgument'],
  ['a name that leaves its folder', { imageName: '../other' }, 400, 'BadArgument'],
  ['a label with a colon', { imageLabel: 'a:b' }, 400, 'BadArgument'],
  ['a model that is not there', { models: ['none:1'] }, 404, 'ModelNotFound'],
  ['a field that nobody knows', { imagename: 'x' }, 400, 'BadArgument'],
])('%s is refused, and leaves nothing', async (_what, changes, status, code) => {
  expect(await api.call('POST', PATH, { body: await asked(changes) })).toMatchObject({ status, body: { code } });
  expect(await api.state.operations.running()).toEqual([]);
  expect((await api.call('GET', `${WORKSPACE}/environments`)).body.value).toEqual([]);
});

test('a package that is not there is said to be so', async () => {
  const answer = await api.call('GET', `${PATH}/${randomUUID()}`);
  expect(answer).toMatchObject({ status: 404, body: { code: 'PackageNotFound' } });
});
