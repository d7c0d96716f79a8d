import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { type Answer, type CompatibleTestApp, contentSha256, startCompatibleApp } from '../testing/compatible-app.ts';

const WHOLE = { 'x-ms-blob-type': 'BlockBlob', 'if-none-match': '*' };
let app: CompatibleTestApp;
/** Another for each test, so that none sees the files of another. */
let container = 0;

beforeAll(async () => {
  app = await startCompatibleApp();
});
afterAll(() => app[Symbol.asyncDispose]());
beforeEach(() => {
  container += 1;
});

/** Where a file of that name is to be sent. */
async function stage(path = 'model.pkl'): Promise<string> {
  const address = `{artifacts}/batch/metadata/LocalUpload/c${container}`;
  const answer = await app.call('POST', address, { body: { paths: [{ path }] } });
  return answer.body.artifactContentInformation[path].contentUri;
}

/** Where an uploaded file is fetched from. */
async function readable(path = 'model.pkl'): Promise<string> {
  const answer = await app.call('GET', `{artifacts}/contentinfo/LocalUpload/c${container}/${path}`);
  return answer.body.contentUri;
}

const put = (address: string, bytes: string | Buffer, headers: Record<string, string> = WHOLE) =>
  app.call('PUT', address, { bytes, headers });
const block = (address: string, id: string, bytes: string | Buffer, headers: Record<string, string> = {}) =>
  app.call('PUT', `${address}&comp=block&blockid=${encodeURIComponent(id)}`, { bytes, headers });
const list = (address: string, ids: readonly string[]) =>
  app.call('PUT', `${address}&comp=blocklist`, {
    bytes: `<?xml version='1.0' encoding='utf-8'?>\n<BlockList>${ids.map((id) => `<Latest>${id}</Latest>`).join('')}</BlockList>`,
    headers: { 'if-none-match': '*', 'content-type': 'application/xml' },
  });
const told = ({ status, headers }: Answer) => [status, headers['x-ms-error-code']];

test('a file is sent, confirmed and fetched', async () => {
  const address = await stage();
  expect(told(await app.call('HEAD', address))).toEqual([404, 'BlobNotFound']);
  const sent = await put(address, 'hello', { ...WHOLE, 'content-sha256': contentSha256('hello') });
  expect(sent.status).toBe(201);
  const head = await app.call('HEAD', address);
  expect(head.status).toBe(200);
  expect(head.headers).toMatchObject({
    'content-length': '5',
    etag: sent.headers['etag'],
    'last-modified': sent.headers['last-modified'],
    'x-ms-blob-type': 'BlockBlob',
    'x-ms-request-id': expect.any(String),
  });
  const got = await app.call('GET', await readable());
  expect([got.status, got.text]).toEqual([200, 'hello']);
  expect(got.headers).toMatchObject({ 'content-length': '5', etag: sent.headers['etag'], 'accept-ranges': 'bytes' });
});

test('nothing is a file too', async () => {
  const address = await stage();
  const sent = await app.call('PUT', address, { headers: { ...WHOLE, 'content-length': '0' } });
  expect(sent.status).toBe(201);
  expect((await app.call('HEAD', address)).headers['content-length']).toBe('0');
  expect((await app.call('GET', await readable())).text).toBe('');
});

test('what was uploaded stays; the same sent again is no failure', async () => {
  const address = await stage();
  const first = await put(address, 'hello');
  const again = await put(address, 'hello', { ...WHOLE, 'content-sha256': contentSha256('hello') });
  expect([again.status, again.headers['etag']]).toEqual([201, first.headers['etag']]);
  expect((await put(address, 'hello')).status).toBe(201);
  expect(told(await put(address, 'other'))).toEqual([409, 'BlobAlreadyExists']);
  expect(told(await put(address, 'other', { ...WHOLE, 'content-sha256': contentSha256('other') }))).toEqual([
    409,
    'BlobAlreadyExists',
  ]);
  expect((await app.call('GET', await readable())).text).toBe('hello');
});

test('other bytes than the client says are refused', async () => {
  const address = await stage();
  expect(told(await put(address, 'hello', { ...WHOLE, 'content-sha256': contentSha256('other') }))).toEqual([
    400,
    'Md5Mismatch',
  ]);
  expect((await app.call('HEAD', address)).status).toBe(404);
  const sent = await block(address, 'a', 'hello', { 'content-sha256': contentSha256('other') });
  expect(told(sent)).toEqual([400, 'Md5Mismatch']);
});

test('blocks are put together in the order of their list', async () => {
  const address = await stage();
  const first = randomBytes(100_000);
  for (const [id, bytes] of [
    ['QmxvY2sy', 'two'],
    ['QmxvY2sx', first],
  ] as const) {
    expect((await block(address, id, bytes, { 'content-sha256': contentSha256(bytes) })).status).toBe(201);
  }
  expect((await app.call('HEAD', address)).status).toBe(404);
  const sent = await list(address, ['QmxvY2sx', 'QmxvY2sy']);
  expect([sent.status, sent.headers['etag']]).toEqual([201, expect.any(String)]);
  expect((await app.call('HEAD', address)).headers['content-length']).toBe('100003');
  const again = await list(address, ['QmxvY2sx', 'QmxvY2sy']);
  expect([again.status, again.headers['etag']]).toEqual([201, sent.headers['etag']]);
});

test('blocks that are sent again after the file was whole have to make the same file', async () => {
  const address = await stage();
  await block(address, 'a', 'one');
  await list(address, ['a']);
  await block(address, 'a', 'one');
  expect((await list(address, ['a'])).status).toBe(201);
  await block(address, 'a', 'two');
  expect(told(await list(address, ['a']))).toEqual([409, 'BlobAlreadyExists']);
  expect((await app.call('GET', await readable())).text).toBe('one');
});

describe('lists that are none', () => {
  test.each([
    ['a block that was not sent', '<BlockList><Latest>b</Latest></BlockList>'],
    ['a block twice', '<BlockList><Latest>a</Latest><Latest>a</Latest></BlockList>'],
    ['a committed block', '<BlockList><Committed>a</Committed></BlockList>'],
    ['another document', '<Blocks><Latest>a</Latest></Blocks>'],
    ['an entity', '<!DOCTYPE x [<!ENTITY e "a">]><BlockList><Latest>&e;</Latest></BlockList>'],
    ['text between', '<BlockList><Latest>a</Latest>and so on</BlockList>'],
    ['an end that is missing', '<BlockList><Latest>a</Latest>'],
    ['nothing', ''],
    ['JSON', '{"Latest":["a"]}'],
  ])('%s', async (_what, bytes) => {
    const address = await stage();
    await block(address, 'a', 'one');
    expect(told(await app.call('PUT', `${address}&comp=blocklist`, { bytes }))).toEqual([400, 'InvalidInput']);
    expect((await app.call('HEAD', address)).status).toBe(404);
    expect((await list(address, ['a'])).status).toBe(201);
  });

  test('more than there may be', async () => {
    const address = await stage();
    const bytes = Buffer.alloc(9 * 1024 * 1024, ' ');
    expect(told(await app.call('PUT', `${address}&comp=blocklist`, { bytes }))).toEqual([413, 'RequestBodyTooLarge']);
  });
});

test.each([
  ['none', ''],
  ['a huge one', 'a'.repeat(3000)],
])('a block with an id that can not be is refused: %s', async (_what, id) => {
  const address = await stage();
  expect(told(await block(address, id, 'x'))).toEqual([400, 'InvalidInput']);
});

test('ids of blocks are any text', async () => {
  const address = await stage();
  const ids = ['../../out', '/etc/passwd', 'é', 'a b+c%2F'];
  for (const id of ids) {
    expect((await block(address, id, id)).status).toBe(201);
  }
  expect((await list(address, ids)).status).toBe(201);
  expect((await app.call('GET', await readable())).text).toBe(ids.join(''));
});

test.each([
  ['another kind of blob', WHOLE, { ...WHOLE, 'x-ms-blob-type': 'PageBlob' }, ''],
  ['its metadata', WHOLE, WHOLE, '&comp=metadata'],
])('what Farled has not is refused: %s', async (_what, _usual, headers, more) => {
  const answer = await put(`${await stage()}${more}`, 'x', headers);
  expect(told(answer)).toEqual([400, 'NotSupportedYet']);
});

describe('addresses', () => {
  /** What is made of an address that is good, given another that is. */
  const HOSTILE: readonly (readonly [string, (address: string, other: string) => string])[] = [
    ['without query', (address) => address.replace(/\?.*/, '')],
    ['without signature', (address) => address.replace(/&sig=.*/, '')],
    ['with half a signature', (address) => address.slice(0, -10)],
    ['with a changed signature', (address) => address.slice(0, -2) + (address.endsWith('AA') ? 'BB' : 'AA')],
    ['with a later end', (address) => address.replace(/se=(\d+)/, (_whole, time) => `se=${Number(time) + 1}`)],
    ['with an end that is none', (address) => address.replace(/se=\d+/, 'se=1e9')],
    ['with the other permission', (address) => address.replace(/sp=(.)/, (_whole, p) => `sp=${p === 'w' ? 'r' : 'w'}`)],
    ['with both permissions', (address) => address.replace(/sp=./, 'sp=rw')],
    ['with a permission before it', (address) => address.replace(/sp=(.)/, 'sp=x&sp=$1')],
    ['of another file', (address, other) => `${other.replace(/\?.*/, '')}?${address.split('?')[1]}`],
    [
      'of the other purpose',
      (address) => address.replace(/(uploads|files)/, (p) => (p === 'files' ? 'uploads' : 'files')),
    ],
    ['of the folder above', (address) => address.replace('/blobs/', '/blobs/../')],
    ['of the folder above, encoded', (address) => address.replace(/(uploads|files)/, '$1/%2e%2e%2f$1')],
    ['of the folder above, slashes encoded', (address) => address.replace(/(uploads|files)/, '$1%2F..%2F$1')],
    ['in capitals', (address) => address.replace(/blobs\/[^?]+/, (path) => path.toUpperCase())],
    ['with a NUL', (address) => address.replace(/(uploads|files)\//, '$1/%00')],
    ['of nothing', (address) => address.replace(/(uploads|files)\/[^?]+/, '')],
    ['with more behind', (address) => address.replace('?', '/more?')],
  ];
  const REFUSED = [400, 403, 404];

  test.each(HOSTILE)('%s permit no writing', async (_what, twist) => {
    const address = twist(await stage('one'), await stage('two'));
    expect(REFUSED).toContain((await put(address, 'bad')).status);
    expect(REFUSED).toContain((await block(address, 'a', 'bad')).status);
    expect(REFUSED).toContain((await list(address, [])).status);
    for (const path of ['one', 'two']) {
      expect((await app.call('HEAD', await stage(path))).status).toBe(404);
    }
  });

  test.each(HOSTILE)('%s permit no reading', async (_what, twist) => {
    await put(await stage('one'), 'SEALED 1');
    await put(await stage('two'), 'SEALED 2');
    const address = twist(await readable('one'), await readable('two'));
    const answer = await app.call('GET', address);
    expect(REFUSED).toContain(answer.status);
    expect(answer.text).not.toContain('SEALED');
    expect(REFUSED).toContain((await app.call('HEAD', address)).status);
  });

  test('of reading permit no writing', async () => {
    await put(await stage(), 'hello');
    const address = await readable();
    for (const answer of [await put(address, 'other'), await block(address, 'a', 'x'), await list(address, [])]) {
      expect(told(answer)).toEqual([403, 'AuthenticationFailed']);
    }
    expect((await app.call('GET', address)).text).toBe('hello');
  });

  test('of writing permit no reading', async () => {
    const address = await stage();
    await put(address, 'hello');
    expect(told(await app.call('GET', address))).toEqual([403, 'AuthenticationFailed']);
  });

  test('expire', async () => {
    const write = await stage();
    await put(write, 'hello');
    const read = await readable();
    await app.clock.advance(24 * 60 * 60_000 + 1000);
    expect(told(await app.call('GET', read))).toEqual([403, 'AuthenticationFailed']);
    expect(told(await put(write, 'hello'))).toEqual([403, 'AuthenticationFailed']);
    expect((await app.call('GET', await readable())).text).toBe('hello');
  });

  test('are told with no secret when they are refused', async () => {
    const address = await stage();
    const answer = await put(address.replace('sp=w', 'sp=r'), 'x');
    expect(answer.text).toContain('<Code>AuthenticationFailed</Code>');
    expect(answer.text).not.toContain(new URL(address).searchParams.get('sig') ?? '');
  });

  test('are of characters that no client encodes', async () => {
    const address = new URL(await stage('Größe 模型 100%.txt'));
    expect(`${address.pathname}${address.search}`).toMatch(/^[A-Za-z0-9/_.\-?=&]+$/);
  });

  test('of an upload that was cleared away find nothing', async () => {
    const address = await stage();
    await app.state.stagedFiles.sweep(-1);
    expect(told(await put(address, 'x'))).toEqual([404, 'BlobNotFound']);
    expect(told(await app.call('HEAD', address))).toEqual([404, 'BlobNotFound']);
  });
});

describe('ranges', () => {
  test.each([
    [{ range: 'bytes=0-4' }, 206, '01234', 'bytes 0-4/10'],
    [{ 'x-ms-range': 'bytes=5-' }, 206, '56789', 'bytes 5-9/10'],
    [{ 'x-ms-range': 'bytes=5-6', range: 'bytes=0-1' }, 206, '56', 'bytes 5-6/10'],
    [{ range: 'bytes=-3' }, 206, '789', 'bytes 7-9/10'],
    [{ range: 'bytes=8-100' }, 206, '89', 'bytes 8-9/10'],
    [{ range: 'bytes=-100' }, 206, '0123456789', 'bytes 0-9/10'],
    [{ range: 'bytes=10-' }, 416, '', 'bytes */10'],
    [{ range: 'bytes=-0' }, 416, '', 'bytes */10'],
    [{ range: 'bytes=4-2' }, 200, '0123456789', undefined],
    [{ range: 'bytes=0-1,4-5' }, 200, '0123456789', undefined],
    [{ range: 'lines=1-2' }, 200, '0123456789', undefined],
    [{ range: 'bytes=-' }, 200, '0123456789', undefined],
  ])('%j', async (headers, status, text, range) => {
    await put(await stage(), '0123456789');
    const got = await app.call('GET', await readable(), { headers: { ...headers } });
    expect([got.status, got.text, got.headers['content-range']]).toEqual([status, text, range]);
    expect(got.headers['content-length']).toBe(String(text.length));
  });

  test('of nothing there are none', async () => {
    await put(await stage(), '');
    const got = await app.call('GET', await readable(), { headers: { 'x-ms-range': 'bytes=0-' } });
    expect(told(got)).toEqual([416, 'InvalidRange']);
  });
});
