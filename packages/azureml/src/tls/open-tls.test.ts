import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';

import { ManualClock } from '@farled/service';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { openTls, type Tls } from './open-tls.ts';

const NAMES = ['farled.blob.localhost', 'localhost', '127.0.0.1', '::1'];
const DAY_MS = 24 * 60 * 60_000;

let folder: string;
let clock: ManualClock;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-tls-'));
  clock = new ManualClock(Date.now());
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Whether a client that trusts this authority alone takes the server for that name. */
async function takes(tls: Tls, servername: string, authority = tls.authority): Promise<boolean> {
  const server = createServer({ cert: tls.cert, key: tls.key }, (socket) => socket.end());
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const taken = await new Promise<boolean>((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, servername, ca: authority }, () => {
      resolve(socket.authorized);
      socket.destroy();
    });
    socket.on('error', () => resolve(false));
  });
  server.close();
  return taken;
}

describe('the certificate of the API', () => {
  test('is taken for its names by who trusts its authority, and by nobody else', async () => {
    const tls = await openTls(folder, NAMES, clock);
    expect(await takes(tls, 'farled.blob.localhost')).toBe(true);
    expect(await takes(tls, 'localhost')).toBe(true);
    expect(await takes(tls, 'other.blob.localhost')).toBe(false);
    const other = await openTls(join(folder, 'other'), NAMES, clock);
    expect(await takes(tls, 'farled.blob.localhost', other.authority)).toBe(false);
  });

  test('has the addresses as addresses', async () => {
    const { subjectAltName } = new X509Certificate((await openTls(folder, NAMES, clock)).cert);
    expect(subjectAltName).toBe(
      'DNS:farled.blob.localhost, DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    );
  });

  test('has the name of a service in a cluster, and stands for whole domains where asked to', async () => {
    const inCluster = await openTls(folder, ['farled.blob.svc.cluster.local'], clock);
    expect(await takes(inCluster, 'farled.blob.svc.cluster.local')).toBe(true);
    const proxy = await openTls(folder, ['*.blob.core.windows.net'], clock, 'proxy');
    expect(await takes(proxy, 'any.blob.core.windows.net')).toBe(true);
    expect(await takes(proxy, 'a.b.blob.core.windows.net')).toBe(false);
    expect(proxy.authority).toBe(inCluster.authority);
  });

  test('stays from start to start, and its keys are private', async () => {
    const first = await openTls(folder, NAMES, clock);
    expect(await openTls(folder, NAMES, clock)).toEqual(first);
    expect((await readdir(folder)).toSorted()).toEqual(['ca.crt', 'ca.key', 'server.crt', 'server.key']);
    for (const key of ['ca.key', 'server.key']) {
      expect((await stat(join(folder, key))).mode & 0o777, key).toBe(0o600);
    }
  });

  test.each([
    ['another name comes', ['other.blob.localhost'], 0],
    ['its end comes near', NAMES, 340 * DAY_MS],
  ])('is made anew by the same authority when %s', async (_when, names, later) => {
    const first = await openTls(folder, NAMES, clock);
    await clock.advance(later);
    const next = await openTls(folder, names, clock);
    expect(next.cert).not.toBe(first.cert);
    expect(next.authority).toBe(first.authority);
  });

  test('does not change for fewer names', async () => {
    const first = await openTls(folder, NAMES, clock);
    expect((await openTls(folder, ['localhost'], clock)).cert).toBe(first.cert);
  });
});
