import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';

import { ManualClock, silentLogger, systemClock } from '@farled/service';
import { expect, onTestFinished, test } from 'vitest';

import { type RegistryOptions, startRegistry } from '../testing/start-registry.ts';
import { startTokenServer } from '../testing/token-server.ts';
import type { RegistryParts } from './connection.ts';
import { anonymous, fixedCredentials } from './credentials.ts';
import { MEDIA } from './documents.ts';
import { createRegistry, type Registry } from './registry.ts';

const run = promisify(execFile);
const signal = new AbortController().signal;

async function real(options: RegistryOptions = {}) {
  const running = await startRegistry(options);
  onTestFinished(running.stop);
  return running;
}

function client(parts: Partial<RegistryParts> = {}): Registry {
  const registry = createRegistry({ credentials: anonymous, clock: systemClock, log: silentLogger, ...parts });
  onTestFinished(() => registry.close());
  return registry;
}

const digestOf = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

async function pushBlob(registry: Registry, to: { host: string; repository: string }, text: string) {
  const bytes = Buffer.from(text);
  const blob = { digest: digestOf(bytes), size: bytes.length };
  const read = async function* read(start: number) {
    yield bytes.subarray(start);
  };
  return { ...blob, uploaded: await registry.upload(to, { ...blob, read }, signal) };
}

/** An image of one configuration and no layers. */
async function pushImage(registry: Registry, to: { host: string; repository: string }, tag: string | null) {
  const config = await pushBlob(
    registry,
    to,
    '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}',
  );
  const manifest = {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    config: { mediaType: MEDIA.config, digest: config.digest, size: config.size },
    layers: [],
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  await registry.putManifest({ ...to, tag }, { mediaType: MEDIA.manifest, bytes }, signal);
  return digestOf(bytes);
}

test('images are put, found by tag and digest, and removed', async () => {
  const { host } = await real();
  const registry = client();
  const to = { host, repository: 'a/b' };
  const reference = { ...to, tag: 'v1', digest: null };
  expect(await registry.headManifest(reference, signal)).toBeNull();
  await expect(registry.manifest(reference, signal)).rejects.toMatchObject({
    code: 'ImageNotFound',
    message: expect.stringContaining(`${host}/a/b: getting the image v1 failed: the registry answers 404`),
  });
  const digest = await pushImage(registry, to, 'v1');
  expect(await registry.headManifest(reference, signal)).toBe(digest);
  const found = await registry.imageManifest(
    { ...to, tag: null, digest },
    { os: 'linux', architecture: 'amd64' },
    signal,
  );
  expect(found).toMatchObject({ digest, mediaType: MEDIA.manifest, document: { kind: 'image' } });
  await registry.deleteManifest(to, digest, signal);
  expect(await registry.headManifest(reference, signal)).toBeNull();
  await registry.deleteManifest(to, digest, signal);
});

test('a layer that a neighbour has is not sent', async () => {
  const { host } = await real();
  const registry = client();
  const { digest, size } = await pushBlob(registry, { host, repository: 'one' }, 'content');
  const read = () => {
    throw new Error('must not be read');
  };
  const to = { host, repository: 'two' };
  const mounted = await registry.upload(to, { digest, size, read, mountFrom: 'one' }, signal);
  expect(mounted).toEqual({ how: 'mounted', sentBytes: 0 });
  expect(await registry.hasBlob(to, digest, signal)).toBe(true);
});

test('TLS with a certificate of one’s own, and a password', async () => {
  // The password is «secret word».
  const htpasswd = 'someone:$2y$05$abcdefghijklmnopqrstuu1C7yeI3ZG3Jm.nHdnKkGJg1xTYKP9Oy';
  const { host, certificate = '' } = await real({ tls: true, htpasswd });
  const to = { host, repository: 'a' };
  const known = fixedCredentials({ [host]: { username: 'someone', password: 'secret word' } });
  const registry = client({ credentials: known, certificateAuthorities: certificate });
  const digest = await pushImage(registry, to, 'v1');
  expect(await registry.headManifest({ ...to, tag: 'v1', digest: null }, signal)).toBe(digest);

  await expect(client({ credentials: known }).hasBlob(to, digest, signal)).rejects.toMatchObject({
    code: 'RegistryUnavailable',
    suggestion: `Give the certificate of the authority that signed the one of ${host}.`,
  });
  await expect(client({ certificateAuthorities: certificate }).hasBlob(to, digest, signal)).rejects.toMatchObject({
    message: expect.stringContaining('the registry answers 401'),
    suggestion: `Give a user name and password for ${host}: no credentials for it are known here.`,
  });
  const wrong = fixedCredentials({ [host]: { username: 'someone', password: 'guessed' } });
  const error = await client({ credentials: wrong, certificateAuthorities: certificate })
    .manifest({ ...to, tag: 'v1', digest: null }, signal)
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ suggestion: expect.stringContaining(`Check the user name and password for ${host}`) });
  expect(JSON.stringify(error) + String(error)).not.toContain('guessed');
});

test.each([
  ['a password', { username: 'someone', password: 'secret word' }, 'GET'],
  ['a refresh token', { identityToken: 'refresh me' }, 'POST'],
])('access tokens by %s are asked for once, and again when they have run out', async (_, credential, method) => {
  const tokens = await startTokenServer({ username: 'someone', password: 'secret word', refreshToken: 'refresh me' });
  onTestFinished(tokens.stop);
  const { host } = await real({ token: tokens });
  const clock = new ManualClock();
  const registry = client({ credentials: fixedCredentials({ [host]: credential }), clock });
  const to = { host, repository: 'a/b' };
  const blob = await pushBlob(registry, to, 'content');
  expect(blob.uploaded).toEqual({ how: 'sent', sentBytes: 7 });
  expect(tokens.asked).toEqual([`${method} repository:a/b:pull`, `${method} repository:a/b:pull,push`]);
  await registry.hasBlob(to, blob.digest, signal);
  expect(tokens.asked).toHaveLength(2);
  await clock.advance(300_000);
  await registry.hasBlob(to, blob.digest, signal);
  expect(tokens.asked).toHaveLength(3);
  const neighbour = { host, repository: 'c' };
  await registry.upload(
    neighbour,
    { digest: blob.digest, size: blob.size, read: () => [] as never, mountFrom: 'a/b' },
    signal,
  );
  expect(tokens.asked.at(-1)).toBe(`${method} repository:c:pull,push repository:a/b:pull`);
});

test('a refused sign-in names the host, and no secret', async () => {
  const tokens = await startTokenServer({ username: 'someone', password: 'right', refreshToken: 'x' });
  onTestFinished(tokens.stop);
  const { host } = await real({ token: tokens });
  const registry = client({ credentials: fixedCredentials({ [host]: { username: 'someone', password: 'guessed' } }) });
  const error = await registry
    .hasBlob({ host, repository: 'a' }, digestOf(Buffer.from('')), signal)
    .catch((e: unknown) => e);
  expect(error).toMatchObject({
    code: 'RegistryUnavailable',
    message: `${host}/a: signing in failed: the registry answers 401, and says «UNAUTHORIZED: wrong user or password».`,
    suggestion: expect.stringContaining('Check the user name and password'),
  });
});

test('credentials are not sent where a registry says, unless it is safe there', async () => {
  const server = createServer((_, response) => {
    response.writeHead(401, { 'www-authenticate': 'Bearer realm="http://example.com/token",service="x"' }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const registry = client({ credentials: fixedCredentials({ [host]: { username: 'u', password: 'p' } }) });
  await expect(registry.hasBlob({ host, repository: 'a' }, digestOf(Buffer.from('')), signal)).rejects.toThrow(
    `${host} asks to sign in at "http://example.com/token", where credentials are not sent`,
  );
});

test('what can’t be reached is said at once when the name is wrong', async () => {
  const registry = client();
  await expect(
    registry.hasBlob({ host: 'no-such-host.invalid', repository: 'a' }, digestOf(Buffer.from('')), signal),
  ).rejects.toMatchObject({
    code: 'RegistryUnavailable',
    message: expect.stringMatching(/no-such-host\.invalid\/a: .* can't be reached/),
  });
});

test('other tools read what was pushed', async () => {
  const { host } = await real();
  const digest = await pushImage(client(), { host, repository: 'a' }, 'v1');
  const { stdout } = await run('skopeo', ['inspect', '--tls-verify=false', `docker://${host}/a:v1`]);
  expect(JSON.parse(stdout)).toMatchObject({ Digest: digest, Os: 'linux', RepoTags: ['v1'] });
});
