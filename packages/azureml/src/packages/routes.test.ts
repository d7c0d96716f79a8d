import { createHash } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { type CompatibleTestApp, REFERENCE, startCompatibleApp } from '../testing/compatible-app.ts';

let app: CompatibleTestApp;
let imageRequest: Record<string, unknown>;

beforeAll(async () => {
  app = await startCompatibleApp();
  const asked = { body: { paths: [{ path: 'score.py' }] } };
  const { body } = await app.call('POST', '{artifacts}/batch/metadata/LocalUpload/c', asked);
  await app.call('PUT', body.artifactContentInformation['score.py'].contentUri, { bytes: 'def run(x): return x' });
  imageRequest = {
    modelIds: [],
    driverProgram: 'driver.py',
    assets: [{ id: 'score.py', url: `aml://artifact/${body.artifacts['score.py'].artifactId}` }],
    environment: { name: 'env', environmentVariables: { AZUREML_ENTRY_SCRIPT: 'score.py' } },
  };
});
afterAll(() => app[Symbol.asyncDispose]());

const create = (changes: object = {}) =>
  app.call('POST', '{mms}/packages', { body: { imageRequest, packageType: 'DockerBuildContext', ...changes } });

/** Keeps a file as the controller does. */
async function kept(path: string, text: string) {
  const sha256 = createHash('sha256').update(text).digest('hex');
  await app.artifacts.put(
    sha256,
    (async function* once() {
      yield Buffer.from(text);
    })(),
  );
  return { path, sha256, size: text.length };
}

test('a Dockerfile is fetched by its manifest once it is made, its folders by their names', async () => {
  const started = await create({ imageName: null, imageLabel: null });
  expect(started.status).toBe(202);
  const address = started.headers['operation-location'] ?? '';
  const { body: before } = await app.call('GET', address);
  expect(before).toMatchObject({
    state: 'NotStarted',
    operationType: 'PackageDockerBuildContext',
    resourceLocation: null,
  });
  const files = [await kept('Dockerfile', 'FROM a'), await kept('source/a/b.py', 'x = 1')];
  await app.state.packages.recordResult(before.id, { location: null, digest: null, files });
  await app.state.operations.appendLog(before.id, ['made']);
  await app.state.operations.setState(before.id, 'Succeeded');

  const { body: after } = await app.call('GET', address);
  const manifest = (await app.call('GET', after.resourceLocation)).text;
  expect(JSON.parse(manifest)).toMatchObject({
    environment: { name: 'env', version: '1' },
    context: [
      { entryType: 'inline', path: 'Dockerfile', content: Buffer.from('FROM a').toString('base64') },
      { entryType: 'remote', uri: `aml://artifact/LocalUpload/package-${before.id}/source`, path: '.', unpack: false },
    ],
  });
  const listed = await app.call('GET', `{artifacts}/prefix/contentinfo/LocalUpload/package-${before.id}/source`);
  expect(listed.body.value).toMatchObject([{ path: 'source/a/b.py' }]);
  expect((await app.call('GET', listed.body.value[0].contentUri)).text).toBe('x = 1');

  const log = await app.call('GET', after.operationLog);
  expect(log.text).toMatch(/ made\n$/);
  const rest = await app.call('GET', after.operationLog, { headers: { range: `bytes=${log.text.length - 5}-` } });
  expect([rest.status, rest.text]).toEqual([206, 'made\n']);
  const none = await app.call('GET', after.operationLog, { headers: { range: `bytes=${log.text.length}-` } });
  expect([none.status, none.text]).toEqual([416, '']);
});

test('an image says where it is once it is there', async () => {
  const { body: context } = await create();
  const { key } = await app.state.workspaces.get(REFERENCE);
  const { spec } = await app.state.packages.get(key, context.id);
  const id = '0b6a3d3e-7d5a-4c34-9d2f-3f6f6c0d9a11';
  const target = { targetType: 'package', targetId: id, targetName: 'package:1' } as const;
  await app.state.operations.start({ id, workspaceId: key, kind: 'PackageModels', ...target, requestDigest: 'd' });
  await app.state.packages.create({ id, workspaceId: key, spec: { ...spec, form: 'image' } });
  const read = async () => (await app.call('GET', `{mms}/operations/${id}`)).body;
  expect(await read()).toMatchObject({ operationType: 'PackageDockerImage', resourceLocation: null });
  await app.state.packages.recordResult(id, { location: 'registry.example/package:1', digest: 'sha256:0', files: [] });
  expect(await read()).toMatchObject({ resourceLocation: 'registry.example/package:1' });
});

test.each<readonly [string, unknown, number, string]>([
  ['nothing', null, 400, 'must be an object'],
  ['another type', { packageType: 'Zip' }, 400, 'packageType'],
  ['no request for an image', { imageRequest: null }, 400, 'imageRequest'],
  ['a name that is none', { imageName: 'Not A Name' }, 400, 'imageName'],
  ['a label that is none', { imageLabel: 'a b' }, 400, 'imageLabel'],
  ['an image without a registry', { packageType: 'DockerImage' }, 409, 'FARLED_REGISTRY'],
  ['models alone', { imageRequest: { modelIds: ['m:1'] } }, 400, 'no-code'],
])('%s is told', async (_what, changes, status, text) => {
  const body = changes === null ? null : { imageRequest, packageType: 'DockerBuildContext', ...(changes as object) };
  const answer = await app.call('POST', '{mms}/packages', { body });
  expect(answer.status).toBe(status);
  expect(answer.body).toMatchObject({ statusCode: status, message: expect.stringContaining(text) });
});

test.each(['profiles', 'images/generateDockerBuildContext'])('%s is refused with what to do', async (path) => {
  const answer = await app.call('POST', `{mms}/${path}`, { body: {} });
  expect(answer.status).toBe(400);
  expect(answer.body.code).toBe('NotSupportedYet');
});
