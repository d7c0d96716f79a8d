import { gzipSync } from 'node:zlib';

import { pack } from 'tar-stream';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type CompatibleTestApp, startCompatibleApp } from '../testing/compatible-app.ts';

let app: CompatibleTestApp;
let request: Record<string, unknown>;

beforeAll(async () => {
  app = await startCompatibleApp();
  const driver = "script_location = os.path.join(os.path.dirname(os.path.realpath(__file__)), 'score.py')\n";
  const assets = [
    { id: 'driver', url: await upload('driver.py', driver), mimeType: 'application/x-python' },
    { id: 's.tar.gz', url: await upload('s.tar.gz', await archive('home/me/score.py')), unpack: true },
  ];
  const condaEnvFile = await upload('conda.yml', 'dependencies: [python=3.11]\n');
  request = {
    name: 'iris',
    driverProgram: 'driver',
    assets,
    modelIds: [],
    kvTags: { area: 'x' },
    imageFlavor: 'WebApiContainer',
    targetRuntime: { runtimeType: 'Python', properties: { condaEnvFile } },
  };
});
afterAll(() => app[Symbol.asyncDispose]());

/** Answers the address that requests name it by. */
async function upload(path: string, bytes: string | Buffer): Promise<string> {
  const asked = { body: { paths: [{ path }] } };
  const { body } = await app.call('POST', '{artifacts}/batch/metadata/LocalUpload/c', asked);
  await app.call('PUT', body.artifactContentInformation[path].contentUri, { bytes });
  return `aml://artifact/${body.artifacts[path].artifactId}`;
}

async function archive(name: string): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name }, 'def run(x): return x');
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) {
    chunks.push(chunk as Buffer);
  }
  return gzipSync(Buffer.concat(chunks));
}

const create = (changes: object = {}) => app.call('POST', '{mms}/images', { body: { ...request, ...changes } });
const patch = (body: unknown) => app.call('PATCH', '{mms}/images/iris%3A1', { body });

test('an image is made at once, and its operation says which one', async () => {
  const created = await create();
  expect(created.status).toBe(202);
  expect(created.body).toMatchObject({ id: 'iris:1', creationState: 'Succeeded', kvTags: { area: 'x' } });
  const operation = await app.call('GET', created.headers['operation-location'] ?? '');
  expect(operation.body).toMatchObject({ state: 'Succeeded', operationType: 'Image' });
  expect(String(operation.body.resourceLocation).split('/').at(-1)).toBe('iris:1');
  expect((await app.call('GET', '{mms}/images/iris:1')).body).toEqual(created.body);
  const [image] = await app.state.legacyImages.list((await workspace()).key);
  expect(image?.recipe).toMatchObject({
    entryScript: 'score.py',
    source: [{ path: 'score.py' }],
    environment: { name: 'iris-image', version: '1' },
  });
});

test('what an image is made of is kept as long as the image is', async () => {
  const { key } = await workspace();
  const [image] = await app.state.legacyImages.list(key);
  const sha256 = image?.recipe.source[0]?.sha256 ?? '';
  expect(await app.state.referencedArtifacts()).toContain(sha256);
});

test('a password of the base image is in no answer and in no image', async () => {
  const baseImageRegistryInfo = { location: 'registry.example', user: 'u', password: 'hunter-2' };
  const created = await create({ name: 'secret', baseImage: 'a', baseImageRegistryInfo });
  expect(created.status).toBe(202);
  const { key } = await workspace();
  const seen = [created, await app.call('GET', '{mms}/images')].map(({ text }) => text);
  expect(JSON.stringify([...seen, await app.state.legacyImages.list(key)])).not.toContain('hunter-2');
  expect(await app.state.environments.registryPassword(key, 'secret-image', '1')).toBe('hunter-2');
});

test.each<readonly [string, object, number, string]>([
  ['a model that is not there', { modelIds: ['nobody:1'] }, 404, 'nobody'],
  ['a model that is no id', { modelIds: ['nobody'] }, 400, 'name:version'],
  ['no driver', { driverProgram: 'other' }, 400, 'entry script'],
  ['no assets', { assets: null }, 400, 'entry script'],
  ['an asset that was not uploaded', { assets: [{ id: 'driver', url: 'aml://artifact/LocalUpload/c/no' }] }, 404, 'no'],
  ['an asset from elsewhere', { assets: [{ id: 'driver', url: 'file:///etc/passwd' }] }, 400, 'file:///etc/passwd'],
  ['steps of Docker', { dockerFileUri: 'aml://artifact/LocalUpload/c/x' }, 400, 'docker_file'],
  ['another flavor', { imageFlavor: 'AccelContainer' }, 400, 'AccelContainer'],
  ['Spark', { targetRuntime: { runtimeType: 'SparkPython' } }, 400, 'Spark'],
])('%s is told, and nothing comes of it', async (_what, changes, status, text) => {
  const { key } = await workspace();
  const before = await app.state.legacyImages.list(key);
  const answer = await create({ name: 'refused', ...changes });
  expect(answer.status).toBe(status);
  expect(answer.body).toMatchObject({ statusCode: status, message: expect.stringContaining(text) });
  expect(await app.state.legacyImages.list(key)).toEqual(before);
  const registered = await app.state.environments.list(key, { count: 100 });
  expect(registered.value.map(({ name }) => name)).not.toContain('refused-image');
});

test('tags are replaced, properties only added, and nothing else changes', async () => {
  const replaced = await patch([{ op: 'replace', path: '/kvTags', value: { a: '1', n: 2 } }]);
  expect(replaced.body.kvTags).toEqual({ a: '1', n: '2' });
  const added = [{ op: 'add', path: '/properties', value: { build: '7' } }];
  expect((await patch(added)).body.properties).toEqual({ build: '7' });
  const wrong = [
    [{ op: 'add', path: '/properties', value: { build: '8' } }],
    [{ op: 'replace', path: '/name', value: { a: '1' } }],
    [{ op: 'replace', path: '/kvTags', value: ['a'] }],
    [
      { op: 'replace', path: '/kvTags', value: { a: '9' } },
      { op: 'replace', path: '/version', value: {} },
    ],
    {},
    null,
  ];
  for (const body of wrong) {
    expect((await patch(body)).status, JSON.stringify(body)).toBe(400);
  }
  expect((await app.call('GET', '{mms}/images/iris:1')).body).toMatchObject({
    kvTags: { a: '1', n: '2' },
    properties: { build: '7' },
  });
});

test('a deleted image is gone, and ids that are none are told', async () => {
  expect((await app.call('DELETE', '{mms}/images/iris:1')).status).toBe(200);
  expect((await app.call('DELETE', '{mms}/images/iris:1')).status).toBe(204);
  for (const id of ['iris:1', 'iris', 'iris:x', '%2e%2e']) {
    expect((await app.call('GET', `{mms}/images/${id}`)).status, id).toBe(404);
  }
});

const workspace = () => app.state.workspaces.get({ subscriptionId: 'sub', resourceGroup: 'rg', workspace: 'ws' });
