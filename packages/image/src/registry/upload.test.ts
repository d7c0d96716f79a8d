import { createHash, randomBytes } from 'node:crypto';

import { ManualClock, silentLogger, systemClock } from '@farled/service';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';

import { type CuttingProxy, startCuttingProxy } from '../testing/cutting-proxy.ts';
import { startRegistry } from '../testing/start-registry.ts';
import { startUploadServer, type UploadServer } from '../testing/upload-server.ts';
import { anonymous } from './credentials.ts';
import { createRegistry, type Registry } from './registry.ts';
import type { Upload } from './upload.ts';

const signal = new AbortController().signal;
const bytes = randomBytes(6_000_000);
const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
let server: UploadServer;
let proxy: CuttingProxy;
let registry: Registry;
const closing: (() => Promise<void>)[] = [];

beforeEach(async () => {
  server = await startUploadServer();
  proxy = await startCuttingProxy(server.host);
  registry = createRegistry({ credentials: anonymous, clock: systemClock, log: silentLogger });
});
afterEach(async () => {
  await registry.close();
  await proxy.stop();
  await server.stop();
  for (const close of closing.splice(0)) {
    await close();
  }
});

/** Remembers from where it was read. */
function upload(content: Buffer = bytes): Upload & { readonly starts: number[] } {
  const starts: number[] = [];
  return {
    starts,
    digest: content === bytes ? digest : `sha256:${createHash('sha256').update(content).digest('hex')}`,
    size: content.length,
    read: async function* read(start) {
      starts.push(start);
      for (let at = start; at < content.length; at += 65_536) {
        yield content.subarray(at, at + 65_536);
      }
    },
  };
}

test('a broken upload goes on from where the registry has it', async () => {
  const to = { host: proxy.host, repository: 'a' };
  await registry.hasBlob(to, digest, signal);
  proxy.cutAfter('up', 2_000_000);
  const sending = upload();
  const { how } = await registry.upload(to, sending, signal);
  expect(how).toBe('sent');
  expect(server.blobs.get(digest)?.equals(bytes)).toBe(true);
  expect(sending.starts).toHaveLength(2);
  const [, again = 0] = sending.starts;
  expect(again).toBeGreaterThan(1_900_000);
  expect(again).toBeLessThanOrEqual(2_000_000);
  expect(server.requests).toContain(`PATCH ${again}-${bytes.length - 1}`);
});

test('a registry that forgets what was broken gets it anew', async () => {
  const real = await startRegistry();
  closing.push(real.stop);
  const broken = await startCuttingProxy(real.host);
  closing.unshift(broken.stop);
  const to = { host: broken.host, repository: 'a/b' };
  await registry.hasBlob(to, digest, signal);
  broken.cutAfter('up', 2_000_000);
  const sending = upload();
  await registry.upload(to, sending, signal);
  expect(broken.cuts).toBe(1);
  expect(sending.starts).toEqual([0, 0]);
  expect(await registry.hasBlob({ host: real.host, repository: 'a/b' }, digest, signal)).toBe(true);
});

test('a broken download goes on where it was', async () => {
  const real = await startRegistry();
  closing.push(real.stop);
  const broken = await startCuttingProxy(real.host);
  closing.unshift(broken.stop);
  const from = { host: broken.host, repository: 'a/b' };
  await registry.upload(from, upload(), signal);
  broken.cutAfter('down', 2_000_000);
  const hash = createHash('sha256');
  for await (const chunk of registry.readBlob(from, { digest, size: bytes.length }, signal)) {
    hash.update(chunk);
  }
  expect(broken.cuts).toBe(1);
  expect(`sha256:${hash.digest('hex')}`).toBe(digest);
});

test('what is small is sent in one request, what is there not at all', async () => {
  const to = { host: server.host, repository: 'a' };
  const small = upload(Buffer.from('small'));
  expect(await registry.upload(to, small, signal)).toEqual({ how: 'sent', sentBytes: 5 });
  expect(await registry.upload(to, small, signal)).toEqual({ how: 'there', sentBytes: 0 });
  expect(server.requests).toEqual(['HEAD', 'POST', 'PUT', 'HEAD']);
});

test('where long requests are refused, parts are sent', async () => {
  server.maximumBody = 8 * 1024 * 1024;
  const content = randomBytes(20 * 1024 * 1024);
  const sending = upload(content);
  await registry.upload({ host: server.host, repository: 'a' }, sending, signal);
  expect(server.blobs.get(sending.digest)?.equals(content)).toBe(true);
  expect(server.requests.filter((request) => request.startsWith('PATCH '))).toEqual([
    'PATCH 0-8388607',
    'PATCH 8388608-16777215',
    'PATCH 16777216-20971519',
  ]);
});

test('«not now» is asked again, later and later; «no» is not', async () => {
  const clock = new ManualClock();
  const patient = createRegistry({ credentials: anonymous, clock, log: silentLogger });
  onTestFinished(() => patient.close());
  const to = { host: server.host, repository: 'a' };
  server.answers.push({ status: 429 }, { status: 503 });
  const looking = patient.hasBlob(to, digest, signal);
  const waits: number[] = [];
  const from = clock.now();
  while (waits.length < 3) {
    await clock.advance(50);
    if (server.requests.length > waits.length) {
      waits.push(clock.now() - from);
    }
  }
  expect(await looking).toBe(false);
  expect(server.requests).toEqual(['HEAD', 'HEAD', 'HEAD']);
  expect((waits[2] ?? 0) - (waits[0] ?? 0)).toBeGreaterThanOrEqual(800);
  server.answers.push({ status: 403 });
  await expect(patient.hasBlob(to, digest, signal)).rejects.toMatchObject({
    code: 'RegistryUnavailable',
    message: `${server.host}/a: looking for the layer ${digest} failed: the registry answers 403.`,
    suggestion: expect.stringContaining('Give a user name and password'),
  });
  expect(server.requests).toHaveLength(4);
});

test('bytes that are not what they were said to be are refused by the registry', async () => {
  const wrong = { ...upload(Buffer.from('abc')), digest };
  await expect(registry.upload({ host: server.host, repository: 'a' }, wrong, signal)).rejects.toThrow(
    /pushing the layer .* the registry answers 400, and says «DIGEST_INVALID: wrong»/,
  );
});

test('an upload stops when asked to', async () => {
  const abort = new AbortController();
  const stuck: Upload = {
    digest,
    size: bytes.length,
    read: async function* read() {
      yield bytes.subarray(0, 1_500_000);
      abort.abort(new Error('enough'));
      yield bytes.subarray(1_500_000);
    },
  };
  await expect(registry.upload({ host: server.host, repository: 'a' }, stuck, abort.signal)).rejects.toThrow('enough');
  expect(server.blobs.size).toBe(0);
});
