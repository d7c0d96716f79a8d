import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2, constants } from 'node:http2';
import { Agent, request } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';

import { silentLogger, systemClock } from '@farled/service';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { makeCertificate, trusted } from '../testing/make-certificate.ts';
import { startProxy, type TestProxy, type TestProxyOptions } from '../testing/start-proxy.ts';
import { type CertificateFile, CertificateFiles } from './certificate-files.ts';

const SCORE = '/api/v1/service/test/score';
const FAST = { sweepMs: 5 };

let folder: string;
let first: CertificateFile;
let second: CertificateFile;
let named: CertificateFile;
let cas: string[];
let file: CertificateFile;
let certificates: CertificateFiles;
const sessions: ClientHttp2Session[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-tls-'));
  first = await makeCertificate(folder, 'first', ['localhost']);
  second = await makeCertificate(folder, 'second', ['localhost']);
  named = await makeCertificate(folder, 'named', ['scoring.example']);
  cas = await Promise.all([first, second, named].map(trusted));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  file = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  await use(first);
  certificates = await CertificateFiles.open({ files: [file, named], clock: systemClock, log: silentLogger });
});
afterEach(() => {
  sessions.splice(0).forEach((session) => session.destroy());
  certificates[Symbol.dispose]();
});

async function use({ cert, key }: CertificateFile): Promise<void> {
  await copyFile(cert, file.cert);
  await copyFile(key, file.key);
}

const start = (options: TestProxyOptions = {}) => startProxy({ ...options, certificates });

async function handshake(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, ca: cas, servername: 'localhost', ...options });
  await once(socket, 'secureConnect');
  return socket;
}

/** Whose certificate a new connection is shown. */
async function shown(port: number, servername = 'localhost'): Promise<string | undefined> {
  const socket = await handshake(port, { servername });
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return String(CN);
}

function open(port: number): ClientHttp2Session {
  const session = connectHttp2(`https://localhost:${port}`, { ca: cas });
  session.on('error', () => {});
  sessions.push(session);
  return session;
}

function ask(session: ClientHttp2Session, body: Buffer | string, length = Buffer.byteLength(body)): ClientHttp2Stream {
  const stream = session.request({ ':method': 'POST', ':path': SCORE, 'content-length': length });
  stream.on('error', () => {});
  if (length === Buffer.byteLength(body)) {
    stream.end(body);
  } else {
    stream.write(body);
  }
  return stream;
}

async function answerOf(stream: ClientHttp2Stream): Promise<{ readonly status: number; readonly body: string }> {
  let status = 0;
  stream.on('response', (headers) => (status = Number(headers[':status'])));
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(stream, 'close');
  return { status, body: Buffer.concat(chunks).toString() };
}

function askHttp1(port: number, agent: Agent): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: 'localhost', port, method: 'POST', path: SCORE, agent, ca: cas }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.on('error', reject);
    sent.end('{}');
  });
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = systemClock.now() + 10_000;
  while (!holds()) {
    expect(systemClock.now()).toBeLessThan(deadline);
    await systemClock.sleep(2);
  }
}

/** A replica that answers when it is told to. */
function held(): { readonly waiting: ServerResponse[]; readonly answer: NonNullable<TestProxyOptions['answer']> } {
  const waiting: ServerResponse[] = [];
  return { waiting, answer: (_request, response) => void waiting.push(response) };
}

const ledger = (proxy: TestProxy) => {
  const { accepted, answered, failed, refused, inFlight } = proxy.statistics() ?? {};
  return { accepted, answered, failed, refused, inFlight };
};

describe('a handshake', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)('of %s is made', async (version) => {
    await using proxy = await start();
    const socket = await handshake(proxy.port, { minVersion: version, maxVersion: version });
    expect([socket.getProtocol(), socket.authorized]).toEqual([version, true]);
    expect(socket.getCipher().name).toMatch(/GCM|CHACHA20|^TLS_/);
    socket.destroy();
  });

  test.each<[what: string, options: ConnectionOptions]>([
    ['of TLS 1.1', { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }],
    ['without forward secrecy', { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' }],
    ['with CBC', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' }],
  ])('%s is not', async (_what, options) => {
    await using proxy = await start();
    await expect(handshake(proxy.port, options)).rejects.toThrow(/alert|protocol|handshake|EPROTO/i);
  });

  test('shows the certificate of the name that is asked for, else the first', async () => {
    await using proxy = await start();
    expect(await shown(proxy.port)).toBe('first');
    expect(await shown(proxy.port, 'scoring.example')).toBe('named');
    const without = await handshake(proxy.port, { servername: '', checkServerIdentity: () => undefined });
    expect(without.getPeerCertificate().subject.CN).toBe('first');
    without.destroy();
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('of %s is shorter for a client that was here', async (version) => {
    await using proxy = await start();
    const agent = new Agent({ keepAlive: false, minVersion: version, maxVersion: version });
    const seen: boolean[] = [];
    for (let index = 0; index < 3; index += 1) {
      await new Promise<void>((resolve, reject) => {
        const sent = request({ host: 'localhost', port: proxy.port, path: '/', agent, ca: cas }, (response) => {
          seen.push((response.socket as TLSSocket).isSessionReused());
          response.resume().on('end', resolve);
        });
        sent.on('error', reject).end();
      });
    }
    expect(seen).toEqual([false, true, true]);
  });

  test('that does not come is waited for, for a while', async () => {
    await using proxy = await start({ limits: { handshakeMs: 50 } });
    const socket = connectTcp(proxy.port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'close');
  });

  test('that is none leaves others alone', async () => {
    await using proxy = await start();
    const socket = connectTcp(proxy.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.resume().write(`GET / HTTP/1.1\r\nHost: x\r\n\r\n`);
    await once(socket, 'close');
    expect((await answerOf(ask(open(proxy.port), 'a'))).status).toBe(200);
  });
});

test('a certificate is replaced under load: no request fails, and connections that are there stay', async () => {
  await using proxy = await start();
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const session = open(proxy.port);
  const over = new AbortController();
  let count = 0;
  const again = async (score: () => Promise<{ status: number; body: string }>): Promise<void> => {
    while (!over.signal.aborted) {
      expect(await score()).toEqual({ status: 200, body: 'ok' });
      count += 1;
    }
  };
  const load = [
    ...Array.from({ length: 4 }, () => again(() => askHttp1(proxy.port, agent))),
    ...Array.from({ length: 4 }, () => again(() => answerOf(ask(session, '{}')))),
    again(() => answerOf(ask(open(proxy.port), '{}'))),
  ];
  for (const [pair, name] of [
    [second, 'second'],
    [first, 'first'],
    [second, 'second'],
  ] as const) {
    const before = count;
    await until(() => count > before + 50);
    await use(pair);
    await certificates.look();
    expect(await shown(proxy.port)).toBe(name);
  }
  over.abort();
  await Promise.all(load);
  expect(session.destroyed).toBe(false);
  expect(ledger(proxy)).toMatchObject({ accepted: count, answered: count, failed: 0, refused: 0, inFlight: 0 });
  agent.destroy();
});

describe('over HTTP/2', () => {
  test('requests of one connection are answered side by side', async () => {
    const { waiting, answer } = held();
    await using proxy = await start({ answer });
    const session = open(proxy.port);
    const answers = Array.from({ length: 5 }, (_, index) => answerOf(ask(session, `${index}`)));
    await until(() => waiting.length === 5);
    waiting.toReversed().forEach((response) => response.end('done'));
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 5 }, () => ({ status: 200, body: 'done' })));
  });

  test('bodies go through both ways as fast as they are taken', async () => {
    const large = Buffer.alloc(20_000_000, 'x');
    await using proxy = await start({ answer: (_request, response, body) => response.end(body) });
    const stream = ask(open(proxy.port), large);
    let length = 0;
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length;
      stream.pause();
      setImmediate(() => stream.resume());
    });
    await once(stream, 'end');
    expect(length).toBe(large.length);
    expect(ledger(proxy)).toMatchObject({ answered: 1, inFlight: 0 });
  });

  test.each([
    ['a small', 10],
    ['a large', 200_000],
  ])('%s body that its client takes back is not one that ended', async (_what, length) => {
    await using proxy = await start();
    const session = open(proxy.port);
    for (const code of [constants.NGHTTP2_CANCEL, constants.NGHTTP2_NO_ERROR]) {
      const stream = ask(session, 'half', length);
      await until(() => proxy.server.inFlight === 1);
      stream.close(code);
      await until(() => proxy.server.inFlight === 0);
    }
    expect(proxy.seen).toEqual([]);
    expect(proxy.statistics()).toMatchObject({ answered: 0, inFlight: 0 });
    expect((await answerOf(ask(session, 'whole'))).status).toBe(200);
  });

  test('a client that resets its request takes it from the replica', async () => {
    const { waiting, answer } = held();
    await using proxy = await start({ answer });
    const stream = ask(open(proxy.port), 'a');
    await until(() => waiting.length === 1);
    stream.close(constants.NGHTTP2_CANCEL);
    await until(() => waiting[0]?.destroyed ?? false);
    await until(() => proxy.statistics()?.failed === 1);
    expect(ledger(proxy)).toEqual({ accepted: 1, answered: 0, failed: 1, refused: 0, inFlight: 0 });
  });

  test('a client that leaves takes all its requests along', async () => {
    const { waiting, answer } = held();
    await using proxy = await start({ answer });
    const session = open(proxy.port);
    Array.from({ length: 5 }, (_, index) => ask(session, `${index}`));
    await until(() => waiting.length === 5);
    session.destroy();
    await until(() => proxy.statistics()?.failed === 5);
    expect(ledger(proxy)).toMatchObject({ accepted: 5, inFlight: 0 });
  });

  test('a small body that does not come is told so, and costs the connection nothing', async () => {
    await using proxy = await start({ limits: { heldBodyMs: 30, ...FAST } });
    const session = open(proxy.port);
    expect((await answerOf(ask(session, 'half', 10))).status).toBe(408);
    expect((await answerOf(ask(session, 'whole'))).status).toBe(200);
    expect(ledger(proxy)).toMatchObject({ accepted: 1 });
  });

  test('a client that does not take its answer is left', async () => {
    await using proxy = await start({
      limits: { stalledMs: 50, ...FAST },
      answer: (_request, response) => response.end(Buffer.alloc(50_000_000)),
    });
    const stream = ask(open(proxy.port), 'a');
    stream.pause();
    await until(() => proxy.statistics()?.failed === 1);
    expect(ledger(proxy)).toMatchObject({ answered: 0, inFlight: 0 });
  });

  test('a client that waits to be told to send its body is told', async () => {
    await using proxy = await start();
    const stream = open(proxy.port).request({ ':method': 'POST', ':path': SCORE, expect: '100-continue' });
    const answered = answerOf(stream);
    await once(stream, 'continue');
    stream.end('abc');
    expect((await answered).status).toBe(200);
    expect(proxy.seen[0]?.body).toBe('abc');
  });

  test('an idle connection is ended in order after the time for it', async () => {
    await using proxy = await start({ limits: { keepAliveMs: 50, lingerMs: 50, ...FAST } });
    const session = open(proxy.port);
    expect((await answerOf(ask(session, 'a'))).status).toBe(200);
    const [code] = (await once(session, 'goaway')) as [number];
    expect(code).toBe(constants.NGHTTP2_NO_ERROR);
    await until(() => session.destroyed);
  });

  test('streams beyond those that are allowed wait, and all are answered', async () => {
    await using proxy = await start();
    const session = open(proxy.port);
    const all = await Promise.all(Array.from({ length: 300 }, () => answerOf(ask(session, 'a'))));
    expect(all.every(({ status }) => status === 200)).toBe(true);
  });
});

describe('a server that ends', () => {
  test('closes idle connections of both versions, and waits for no handshake longer than it may take', async () => {
    await using proxy = await start({ limits: { handshakeMs: 100, lingerMs: 50, ...FAST } });
    const session = open(proxy.port);
    const agent = new Agent({ keepAlive: true });
    expect((await answerOf(ask(session, 'a'))).status).toBe(200);
    expect((await askHttp1(proxy.port, agent)).status).toBe(200);
    const slow = connectTcp(proxy.port, '127.0.0.1');
    slow.on('error', () => {});
    await once(slow, 'connect');
    await proxy.server.close();
    await until(() => session.destroyed);
    agent.destroy();
  });

  test('destroys what is left, handshakes too', async () => {
    const { waiting, answer } = held();
    await using proxy = await start({ answer });
    void ask(open(proxy.port), 'a');
    const slow = connectTcp(proxy.port, '127.0.0.1');
    slow.on('error', () => {});
    await until(() => waiting.length === 1);
    const closed = proxy.server.close();
    proxy.server.destroy();
    await closed;
    await until(() => proxy.statistics()?.failed === 1);
    expect(ledger(proxy)).toMatchObject({ accepted: 1, failed: 1, inFlight: 0 });
  });
});
