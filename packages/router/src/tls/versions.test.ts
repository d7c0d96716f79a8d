/** The same requests over HTTP/1.1 in the clear, HTTP/1.1 over TLS, and HTTP/2: what becomes of them is the same. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as requestPlain } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { request as requestTls } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { silentLogger, systemClock } from '@farled/service';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { makeCertificate, trusted } from '../testing/make-certificate.ts';
import { startProxy, type TestProxy } from '../testing/start-proxy.ts';
import { CertificateFiles } from './certificate-files.ts';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

const KEY = 'the-key';
const SCORE = '/api/v1/service/test/score';
const AUTHORIZED = { authorization: `Bearer ${KEY}` };
const SMALL = { method: 'POST', path: SCORE, headers: AUTHORIZED, body: '{"data":[1]}' };

let folder: string;
let ca: string;
let certificates: CertificateFiles;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-versions-'));
  const file = await makeCertificate(folder, 'router', ['localhost']);
  ca = await trusted(file);
  certificates = await CertificateFiles.open({ files: [file], clock: systemClock, log: silentLogger });
});
afterAll(async () => {
  certificates[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
});

function askHttp1(port: number, { method, path, headers, body }: Asked, isTls: boolean): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: 'localhost', port, method, path, headers: { ...headers }, agent: false as const };
    const sent = isTls ? requestTls({ ...options, ca }) : requestPlain({ ...options, host: '127.0.0.1' });
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('latin1'),
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function askHttp2(port: number, { method, path, headers, body }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(`https://localhost:${port}`, { ca });
    session.on('error', reject);
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const sent = { ':method': method, ':path': path, ...length, ...headers };
    const stream = session.request(sent, { endStream: body === undefined });
    const chunks: Buffer[] = [];
    let answer: Record<string, unknown> = {};
    stream.on('response', (received) => (answer = { ...received }));
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('end', () => {
      session.destroy();
      const { ':status': status, ...rest } = answer;
      resolve({ status: Number(status), headers: rest, body: Buffer.concat(chunks).toString('latin1') });
    });
    // Of a body that is said to be longer, no end comes.
    if (headers?.['content-length'] === undefined && body !== undefined) {
      stream.end(body);
    }
  });
}

const OF_THE_CONNECTION = ['connection', 'keep-alive', 'transfer-encoding', 'date', 'content-length'];

/** What does not depend on the version, or on the moment. */
function comparable({ status, headers, body }: Answer): unknown {
  const kept = Object.entries(headers)
    .filter(([name]) => !OF_THE_CONNECTION.includes(name))
    .map(([name, value]) => [name, name === 'x-request-id' && !String(value).startsWith('my') ? 'some' : value]);
  return { status, headers: Object.fromEntries(kept), body };
}

function seenBy({ seen, statistics }: TestProxy): unknown {
  const { accepted, answered, failed, refused, inFlight } = statistics() ?? {};
  return {
    ledger: { accepted, answered, failed, refused, inFlight },
    seen: seen.map(({ method, url, headers, body }) => {
      const { connection: _connection, 'x-request-id': id, 'x-farled-deadline-ms': _left, ...rest } = headers;
      const stable = Object.entries(rest).filter(([name]) => !name.startsWith('x-farled'));
      return { method, url, headers: Object.fromEntries(stable), id: String(id).startsWith('my'), body };
    }),
  };
}

const CASES: readonly (readonly [string, Asked, number])[] = [
  ['a score', SMALL, 200],
  ['a score by GET', { method: 'GET', path: `${SCORE}?a=b%20c`, headers: AUTHORIZED }, 200],
  ['the description', { method: 'GET', path: '/api/v1/service/test/swagger.json', headers: AUTHORIZED }, 200],
  ['a large body', { ...SMALL, body: Buffer.alloc(3_000_000, 'x') }, 200],
  ['no body', { method: 'POST', path: SCORE, headers: AUTHORIZED }, 200],
  ['an id of its own', { ...SMALL, headers: { ...AUTHORIZED, 'x-request-id': 'my-id' } }, 200],
  ['an id that is none', { ...SMALL, headers: { ...AUTHORIZED, 'x-request-id': 'my id' } }, 200],
  ['a cookie', { ...SMALL, headers: { ...AUTHORIZED, cookie: 'a=b; c=d' } }, 200],
  ['headers of Farled', { ...SMALL, headers: { ...AUTHORIZED, 'x-farled-made-up': '1' } }, 200],
  ['no key', { ...SMALL, headers: {} }, 401],
  ['a wrong key', { ...SMALL, headers: { authorization: 'Bearer x' } }, 401],
  ['an unknown service', { ...SMALL, path: '/api/v1/service/none/score' }, 404],
  ['no address', { ...SMALL, path: '/elsewhere' }, 404],
  ['health', { method: 'GET', path: '/' }, 200],
  ['health by HEAD', { method: 'HEAD', path: '/' }, 200],
  ['another method', { method: 'PUT', path: SCORE, headers: AUTHORIZED, body: 'x' }, 405],
  ['an unknown method', { method: 'PURGE', path: SCORE, headers: AUTHORIZED }, 501],
  [
    'a preflight',
    {
      method: 'OPTIONS',
      path: SCORE,
      headers: { origin: 'https://a.example', 'access-control-request-method': 'POST' },
    },
    200,
  ],
  ['a body over 100 MB', { ...SMALL, headers: { ...AUTHORIZED, 'content-length': '104857601' }, body: '' }, 413],
  ['a head over 16 KB', { ...SMALL, headers: { ...AUTHORIZED, big: 'x'.repeat(17_000) } }, 431],
  [
    'more than 100 headers',
    {
      ...SMALL,
      headers: { ...AUTHORIZED, ...Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`h${index}`, 'v'])) },
    },
    431,
  ],
  ['an expectation that is none', { ...SMALL, headers: { ...AUTHORIZED, expect: 'a-miracle' } }, 417],
  ['a model that fails', { ...SMALL, body: 'fail' }, 502],
  ['an answer in pieces, twice of a header', { ...SMALL, body: 'pieces' }, 200],
  ['an answer without a body', { ...SMALL, body: 'nothing' }, 204],
];

describe('one answer over each version:', () => {
  test.each(CASES)('%s', { timeout: 20_000 }, async (_what, asked, status) => {
    const results = await Promise.all(
      (['plain', 'tls', 'h2'] as const).map(async (version) => {
        await using proxy = await startProxy({
          ...(version === 'plain' ? {} : { certificates }),
          route: { keyDigests: [createHash('sha256').update(KEY).digest('hex')] },
          answer: (_request, response, body) => {
            response.setHeader('x-model', 'yes');
            if (body.toString() === 'fail') {
              response.writeHead(500).end('Traceback');
            } else if (body.toString() === 'pieces') {
              response.setHeader('vary', ['a', 'b']);
              response.setHeader('set-cookie', ['a=1', 'b=2']);
              response.write('one');
              response.end('two');
            } else if (body.toString() === 'nothing') {
              response.writeHead(204).end();
            } else {
              response.end(`got ${body.length}`);
            }
          },
        });
        const answer = await (version === 'h2'
          ? askHttp2(proxy.port, asked)
          : askHttp1(proxy.port, asked, version === 'tls'));
        return { answer: comparable(answer), ...(seenBy(proxy) as object) };
      }),
    );
    const [plain, tls, h2] = results;
    expect(plain?.answer).toMatchObject({ status });
    expect(tls).toEqual(plain);
    expect(h2).toEqual(plain);
  });
});
