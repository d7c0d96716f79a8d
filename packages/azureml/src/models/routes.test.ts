import { afterAll, beforeAll, expect, test } from 'vitest';

import { stagedFile } from '../artifacts/staged-file.ts';
import { type CompatibleTestApp, REFERENCE, startCompatibleApp } from '../testing/compatible-app.ts';

let app: CompatibleTestApp;

beforeAll(async () => {
  app = await startCompatibleApp();
});
afterAll(() => app[Symbol.asyncDispose]());

/** Uploads files into a container, those with a text; answers the addresses of all. */
async function upload(container: string, files: Readonly<Record<string, string | null>>) {
  const paths = Object.keys(files).map((path) => ({ path }));
  const answer = await app.call('POST', `{artifacts}/batch/metadata/LocalUpload/${container}`, { body: { paths } });
  expect(answer.status).toBe(200);
  for (const [path, text] of Object.entries(files)) {
    if (text !== null) {
      const { contentUri } = answer.body.artifactContentInformation[path];
      expect((await app.call('PUT', contentUri, { bytes: text })).status).toBe(201);
    }
  }
  return answer.body;
}

const asset = (name: string, ...prefixes: readonly string[]) =>
  app.call('POST', '{mms}/assets', { body: { name, artifacts: prefixes.map((prefix) => ({ prefix })) } });
const register = (name: string, id: string, more: object = {}) =>
  app.call('POST', '{mms}/models', { body: { name, url: `aml://asset/${id}`, mimeType: 'application/json', ...more } });

/** What is fetched below the prefixes of an asset: text by path. */
async function fetched(assetId: string): Promise<Record<string, string>> {
  const { body } = await app.call('GET', `{mms}/assets/${encodeURIComponent(assetId)}`);
  const files: Record<string, string> = {};
  for (const { prefix } of body.artifacts) {
    const listed = await app.call('GET', `{artifacts}/prefix/contentinfo/${encodeURI(prefix)}`);
    for (const { path, contentUri } of listed.body.value) {
      files[path] = (await app.call('GET', contentUri)).text;
    }
  }
  return files;
}

test('answers to the start of an upload have exactly the paths that were asked for', async () => {
  const answer = await upload('exact', { 'm/a.txt': null, 'm\\b.txt': null, 'Größe 模型 #?.txt': null });
  const asked = ['m/a.txt', 'm\\b.txt', 'Größe 模型 #?.txt'];
  expect(Object.keys(answer.artifacts)).toEqual(asked);
  expect(Object.keys(answer.artifactContentInformation)).toEqual(asked);
  expect(answer.errors).toEqual({});
  expect(answer.artifacts['m\\b.txt']).toMatchObject({
    artifactId: 'LocalUpload/exact/m/b.txt',
    origin: 'LocalUpload',
    container: 'exact',
    path: 'm/b.txt',
  });
});

test.each([
  [{ paths: [{ path: '../out' }] }, 'BadArgument', '../out'],
  [{ paths: [{ path: '..\\out' }] }, 'BadArgument', '..\\\\out'],
  [{ paths: [{ path: '/etc/passwd' }] }, 'BadArgument', '/etc/passwd'],
  [{ paths: [{ path: 'a\0b' }] }, 'BadArgument', 'NUL'],
  [{ paths: [{ path: '' }] }, 'BadArgument', 'paths.0'],
  [{ paths: [{ path: 'x'.repeat(2000) }] }, 'BadArgument', 'paths.0'],
  [{ paths: [] }, 'BadArgument', 'paths'],
  [{ paths: Array.from({ length: 1001 }, (_, index) => ({ path: `${index}` })) }, 'BadArgument', 'paths'],
  [{}, 'BadArgument', 'paths'],
  [null, 'BadArgument', 'The request body'],
])('an upload can not be of %j', async (body, code, text) => {
  const answer = await app.call('POST', '{artifacts}/batch/metadata/LocalUpload/refused', { body });
  expect([answer.status, answer.body.error.code]).toEqual([400, code]);
  expect(answer.text).toContain(text);
});

test.each(['ExperimentRun/c', 'LocalUpload/m:1', 'LocalUpload/..', 'LocalUpload/a%2Fb', 'LocalUpload/%00'])(
  'an upload can not be into %s',
  async (where) => {
    const answer = await app.call('POST', `{artifacts}/batch/metadata/${where}`, { body: { paths: [{ path: 'a' }] } });
    expect([400, 404]).toContain(answer.status);
  },
);

test('a model has the files of its asset, a folder below its own name', async () => {
  await upload('files', { 'm/a.txt': 'a', 'm/b/c.txt': 'c', 'mm/x.txt': 'x', 'single.bin': 'single' });
  const folder = (await asset('folder', 'LocalUpload/files/m')).body;
  expect(folder).toMatchObject({ name: 'folder', artifacts: [{ prefix: 'LocalUpload/files/m' }] });
  expect((await app.call('GET', `{mms}/assets/${folder.id}`)).body).toEqual(folder);
  expect(await fetched(folder.id)).toEqual({ 'm/a.txt': 'a', 'm/b/c.txt': 'c' });
  const made = await register('folder', folder.id);
  expect([made.status, made.body.id, made.body.url]).toEqual([200, 'folder:1', 'aml://asset/folder:1']);
  expect((await app.state.models.get(await key(), { name: 'folder', version: 1 })).files).toMatchObject([
    { path: 'm/a.txt', size: 1 },
    { path: 'm/b/c.txt', size: 1 },
  ]);
  expect(await fetched('folder:1')).toEqual({ 'm/a.txt': 'a', 'm/b/c.txt': 'c' });

  const deep = (await asset('deep', 'LocalUpload/files/m/b')).body;
  await register('deep', deep.id);
  expect(await fetched('deep:1')).toEqual({ 'b/c.txt': 'c' });

  const several = (await asset('several', 'LocalUpload/files/single.bin', 'LocalUpload/files/mm')).body;
  await register('several', several.id);
  expect(await fetched('several:1')).toEqual({ 'single.bin': 'single', 'mm/x.txt': 'x' });

  expect((await register('again', 'folder:1')).status).toBe(200);
  expect(await fetched('again:1')).toEqual({ 'm/a.txt': 'a', 'm/b/c.txt': 'c' });
});

test('files of models are there when their uploads are cleared away', async () => {
  await upload('cleared', { 'a.txt': 'kept' });
  const { id } = (await asset('cleared', 'LocalUpload/cleared/a.txt')).body;
  await register('cleared', id);
  await app.state.stagedFiles.sweep(-1);
  await app.artifacts.sweep(await app.state.referencedArtifacts(), -1);
  expect(await fetched('cleared:1')).toEqual({ 'a.txt': 'kept' });
  const late = await register('cleared', id);
  expect([late.status, late.body.code]).toEqual([404, 'ArtifactNotFound']);
});

test('lists of files have pages', async () => {
  const many = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`f/${10_000 + index}`, null]));
  const sha256 = 'e'.repeat(64);
  const staged = await app.state.stagedFiles.stage(await key(), 'pages', Object.keys(many));
  for (const { id } of staged) {
    await app.state.stagedFiles.recordUpload(id, { sha256, size: 0 }, null);
  }
  const first = (await app.call('GET', '{artifacts}/prefix/contentinfo/LocalUpload/pages/f')).body;
  expect([first.value.length, first.continuationToken]).toEqual([1000, '1000']);
  const rest = `{artifacts}/prefix/contentinfo/LocalUpload/pages/f?continuationToken=${first.continuationToken}`;
  const second = (await app.call('GET', rest)).body;
  expect([second.value.length, second.continuationToken]).toEqual([1, null]);
  const nonsense = await app.call('GET', '{artifacts}/prefix/contentinfo/LocalUpload/pages/f?continuationToken=x');
  expect(nonsense.status).toBe(400);
});

test('a file is found by its own name', async () => {
  await upload('named', { 'a b/ü.txt': 'found', 'half.txt': null });
  for (const path of ['a b/ü.txt', 'a%20b/%C3%BC.txt', 'a%20b%2F%C3%BC.txt']) {
    const { body } = await app.call(
      'GET',
      `{artifacts}/contentinfo/LocalUpload/named/${encodeURI(decodeURIComponent(path))}`,
    );
    expect((await app.call('GET', body.contentUri)).text).toBe('found');
  }
  const about = await app.call('GET', '{artifacts}/metadata/LocalUpload/named/a%20b/%C3%BC.txt');
  expect(about.body).toMatchObject({ artifactId: 'LocalUpload/named/a b/ü.txt', path: 'a b/ü.txt' });
  for (const path of ['nothing', 'half.txt', 'a%20b']) {
    expect((await app.call('GET', `{artifacts}/contentinfo/LocalUpload/named/${path}`)).status).toBe(404);
  }
});

test('an asset of files that are not wholly there is refused, and says which', async () => {
  await upload('half', { 'm/a.txt': 'a', 'm/b.txt': null, 'm/c.txt': null });
  const answer = await asset('half', 'LocalUpload/half/m');
  expect([answer.status, answer.body.message]).toEqual([
    404,
    'The upload of "m/b.txt" and of 1 more did not end. Register the model again.',
  ]);
  expect((await asset('none', 'LocalUpload/half/n')).status).toBe(404);
});

test.each([
  ['no prefix', { name: 'x', artifacts: [{}] }],
  ['no artifacts', { name: 'x', artifacts: [] }],
  ['no name', { artifacts: [{ prefix: 'LocalUpload/c/a' }] }],
  ['a prefix without path', { name: 'x', artifacts: [{ prefix: 'LocalUpload' }] }],
  ['a prefix that leaves', { name: 'x', artifacts: [{ prefix: 'LocalUpload/c/../../x' }] }],
  ['names that are too long', { name: 'x'.repeat(5000), artifacts: [{ prefix: 'LocalUpload/files/m' }] }],
  ['files of runs', { name: 'x', artifacts: [{ prefix: 'ExperimentRun/c/outputs' }] }],
])('an asset can not be: %s', async (_what, body) => {
  expect((await app.call('POST', '{mms}/assets', { body })).status).toBe(400);
});

test.each(['nothing', 'bm90aGluZw', 'm:9', '%00', 'x'.repeat(3000)])('an asset is not known: %s', async (id) => {
  expect((await app.call('GET', `{mms}/assets/${id}`)).status).toBe(404);
});

test('a model whose asset is another address is refused', async () => {
  const body = { name: 'm', url: 'https://elsewhere/model', mimeType: 'application/json' };
  const answer = await app.call('POST', '{mms}/models', { body });
  expect([answer.status, answer.body.code]).toEqual([400, 'BadArgument']);
});

test('failures say why where the client shows it', async () => {
  const answer = await app.call('GET', '{mms}/models/nothing%3A1');
  expect([answer.status, answer.body.statusCode, answer.body.code]).toEqual([404, 404, 'ModelNotFound']);
  expect(answer.body.correlation).toEqual({ RequestId: expect.any(String), Message: answer.body.message });
  for (const id of ['nothing', 'a%20b%3A1', 'm%3A0', '%00']) {
    const other = await app.call('GET', `{mms}/models/${id}`);
    expect([other.status, other.body.statusCode]).toEqual([404, 404]);
  }
});

test('pages of models end with an address that has what was asked for', async () => {
  await upload('paged', { 'a.txt': 'paged' });
  const { id } = (await asset('paged', 'LocalUpload/paged/a.txt')).body;
  for (let version = 1; version <= 5; version += 1) {
    await register('paged', id, { kvTags: { n: `${version}` } });
  }
  const seen: string[] = [];
  let next: string | null = '{mms}/models?name=paged&tags=n&count=2';
  while (next !== null) {
    const { body }: { body: { value: { id: string }[]; nextLink: string | null } } = await app.call('GET', next);
    seen.push(...body.value.map((model) => model.id));
    next = body.nextLink;
  }
  expect(seen).toEqual(['paged:5', 'paged:4', 'paged:3', 'paged:2', 'paged:1']);
  const other = await app.call('GET', '{mms}/models?$skipToken=nonsense');
  expect(other.status).toBe(400);
});

test('a file of a deployment is found by its address', async () => {
  await upload('21a6f6c3', { 'score.py': 'def run(x): pass', 'half.py': null });
  const find = (url: string) => stagedFile(app.parts, REFERENCE, url);
  expect(await find('aml://artifact/LocalUpload/21a6f6c3/score.py')).toMatchObject({ path: 'score.py', size: 16 });
  for (const [url, code] of [
    ['aml://artifact/LocalUpload/21a6f6c3/half.py', 'ArtifactNotFound'],
    ['aml://artifact/LocalUpload/21a6f6c3/none.py', 'ArtifactNotFound'],
    ['aml://artifact/LocalUpload/21a6f6c3/../x', 'BadArgument'],
    ['aml://artifact/ExperimentRun/c/x', 'NotSupportedYet'],
    ['https://elsewhere/x', 'BadArgument'],
    ['aml://asset/x', 'BadArgument'],
    ['', 'BadArgument'],
  ] as const) {
    await expect(find(url)).rejects.toMatchObject({ code });
  }
});

async function key(): Promise<string> {
  return (await app.state.workspaces.get(REFERENCE)).key;
}
