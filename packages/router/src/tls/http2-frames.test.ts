/** What a client of HTTP/2 can send that no library would. */
import { mkdtemp, rm } from 'node:fs/promises';
import { type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { silentLogger, systemClock } from '@farled/service';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { FLAG, FRAME, frame, headerBlock, openHttp2, type RawHttp2 } from '../testing/http2-frames.ts';
import { makeCertificate } from '../testing/make-certificate.ts';
import { startProxy, type TestProxyOptions } from '../testing/start-proxy.ts';
import { CertificateFiles } from './certificate-files.ts';

const SCORE = '/api/v1/service/test/score';
const HEAD = [
  [':method', 'POST'],
  [':scheme', 'https'],
  [':path', SCORE],
  [':authority', 'router'],
] as const;
const PROTOCOL_ERROR = 1;

let folder: string;
let certificates: CertificateFiles;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-frames-'));
  const file = await makeCertificate(folder, 'router', ['localhost']);
  certificates = await CertificateFiles.open({ files: [file], clock: systemClock, log: silentLogger });
});
afterAll(async () => {
  certificates[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
});

const start = (options: TestProxyOptions = {}) => startProxy({ ...options, certificates });

type Fields = readonly (readonly [string, string])[];

const request = (stream: number, fields: Fields = HEAD): Buffer =>
  frame(FRAME.headers, FLAG.endHeaders | FLAG.endStream, stream, headerBlock(fields));
const reset = (stream: number): Buffer => frame(FRAME.reset, 0, stream, Buffer.from([0, 0, 0, 8]));
const of = ({ frames }: RawHttp2, type: number, stream: number) =>
  frames.filter((one) => one.type === type && one.stream === stream);

async function until(holds: () => boolean): Promise<void> {
  const deadline = systemClock.now() + 10_000;
  while (!holds()) {
    expect(systemClock.now()).toBeLessThan(deadline);
    await systemClock.sleep(2);
  }
}

describe('a request is none', () => {
  test.each<[what: string, fields: Fields]>([
    ['with Connection', [...HEAD, ['connection', 'close']]],
    ['with Transfer-Encoding', [...HEAD, ['transfer-encoding', 'chunked']]],
    ['with Keep-Alive', [...HEAD, ['keep-alive', 'timeout=1']]],
    ['with Upgrade', [...HEAD, ['upgrade', 'websocket']]],
    ['with a name in large letters', [...HEAD, ['X-Large', '1']]],
    ['with a line end in its path', [HEAD[0], HEAD[1], [':path', `${SCORE} HTTP/1.1\r\nx: y`], HEAD[3]]],
    ['with two paths', [...HEAD, [':path', '/']]],
    ['without a path', [HEAD[0], HEAD[1], HEAD[3]]],
    ['without a method', HEAD.slice(1)],
    ['with a pseudo-header after the others', [...HEAD.slice(1), ['x-a', '1'], HEAD[0]]],
    ['with a pseudo-header that is none', [...HEAD, [':made-up', '1']]],
  ])('%s', async (_what, fields) => {
    await using proxy = await start();
    const client = await openHttp2(proxy.port);
    client.send(request(1, fields), request(3));
    await until(() => of(client, FRAME.headers, 3).length === 1 || client.socket.destroyed);
    expect(of(client, FRAME.headers, 1)).toEqual([]);
    expect(of(client, FRAME.reset, 1).map(({ payload }) => payload.readUInt32BE(0))).toEqual([PROTOCOL_ERROR]);
    // The others of the connection are no worse for it.
    await until(() => proxy.seen.length === 1);
    client.socket.destroy();
  });
});

test('a header with a line end in it does not come to the replica, nor what is behind it', async () => {
  await using proxy = await start();
  const client = await openHttp2(proxy.port);
  client.send(request(1, [...HEAD, ['x-a', '1\r\nx-b: 2'], ['x-c', '3']]));
  await until(() => of(client, FRAME.headers, 1).length === 1);
  client.socket.destroy();
  const { headers } = proxy.seen[0] ?? {};
  expect(headers).toMatchObject({ 'x-c': '3' });
  expect(Object.keys(headers ?? {})).not.toContain('x-b');
});

describe('a flood ends its connection, and no other:', () => {
  const many = (count: number, make: (index: number) => Buffer): Buffer =>
    Buffer.concat(Array.from({ length: count }, (_, index) => make(index)));

  test.each<[what: string, bytes: Buffer]>([
    [
      'requests that are taken back',
      many(3000, (index) => Buffer.concat([request(1 + 2 * index), reset(1 + 2 * index)])),
    ],
    [
      'a head without end',
      Buffer.concat([
        frame(FRAME.headers, 0, 1, headerBlock(HEAD)),
        many(3000, () => frame(FRAME.continuation, 0, 1, headerBlock([['x', 'y'.repeat(100)]]))),
      ]),
    ],
    [
      'an empty head without end',
      Buffer.concat([frame(FRAME.headers, 0, 1), many(3000, () => frame(FRAME.continuation, 0, 1))]),
    ],
    ['settings', many(20_000, () => frame(FRAME.settings, 0, 0, Buffer.from([0, 3, 0, 0, 0, 100])))],
    ['pings', many(50_000, () => frame(FRAME.ping, 0, 0, Buffer.alloc(8)))],
  ])('%s', { timeout: 20_000 }, async (_what, bytes) => {
    const waiting: ServerResponse[] = [];
    await using proxy = await start({ answer: (_request, response) => void waiting.push(response) });
    const other = await openHttp2(proxy.port);
    other.send(request(1));
    const hostile = await openHttp2(proxy.port);
    // What comes back is not read.
    hostile.socket.pause();
    hostile.send(bytes);
    await until(() => proxy.server.connections === 1);
    hostile.socket.destroy();
    await until(() => waiting.length > 0);
    waiting.forEach((response) => response.end('ok'));
    await until(() => of(other, FRAME.headers, 1).length === 1);
    other.socket.destroy();
    await until(() => proxy.server.inFlight === 0);
  });
});

test('a server that leaves says so with the last answer, and takes what is sent before that', async () => {
  const waiting: ServerResponse[] = [];
  await using proxy = await start({ answer: (_request, response) => void waiting.push(response) });
  const client = await openHttp2(proxy.port);
  client.send(request(1));
  await until(() => waiting.length === 1);
  proxy.server.announceLeaving();
  client.send(request(3));
  await until(() => waiting.length === 2);
  const closed = proxy.server.closeWhenIdle();
  waiting.forEach((response) => response.end('done'));
  await closed;
  await client.closed;
  const lasts = of(client, FRAME.goaway, 0).map(({ payload }) => payload.readUInt32BE(0));
  expect(lasts.at(0)).toBe(3);
  expect([1, 3].map((stream) => of(client, FRAME.headers, stream).length)).toEqual([1, 1]);
  expect(proxy.statistics()).toMatchObject({ accepted: 2, answered: 2, failed: 0, inFlight: 0 });
});

test('one that is asked without end says so after a while', async () => {
  await using proxy = await start({ limits: { lingerMs: 50, sweepMs: 5 }, answer: () => {} });
  const client = await openHttp2(proxy.port);
  client.send(request(1));
  await until(() => proxy.server.inFlight === 1);
  proxy.server.announceLeaving();
  await until(() => of(client, FRAME.goaway, 0).length === 1);
  client.socket.destroy();
});
