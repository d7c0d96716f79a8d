import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ManualClock, silentLogger, systemClock } from '@farled/service';
import { expect, onTestFinished, test } from 'vitest';

import type { Connection } from './connection.ts';
import type { ConnectOptions } from './http-client.ts';
import { connectKubernetes } from './http-client.ts';
import { KINDS } from './kinds.ts';
import type { ConfigMap, Secret } from './objects.ts';
import { AUTHORITY, EXPIRED_CERTIFICATE, SERVER_CERTIFICATE, SERVER_KEY } from './testing/certificates.ts';
import { collect } from './testing/collect.ts';
import { drive, until } from './testing/drive.ts';
import { answerJson, answerStatus, startWireServer } from './testing/wire-server.ts';
import type { Answering, WireOptions } from './testing/wire-server.ts';

const signal = new AbortController().signal;
const key = { namespace: 'n', name: 'a' };
const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { ...key, resourceVersion: '1' } };
const configMap: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: key, data: { a: '1' } };

interface Start extends Partial<ConnectOptions> {
  readonly wire?: WireOptions;
  readonly connection?: Partial<Connection>;
}

async function start(answer: Answering, { wire, connection, ...options }: Start = {}) {
  const server = await startWireServer(answer, wire);
  const client = connectKubernetes(
    { ...server.connection, ...connection },
    { clock: systemClock, log: silentLogger, random: () => 0, ...options },
  );
  onTestFinished(async () => {
    await client[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  return { server, client };
}

test('what is not there is undefined, and a path that the server does not serve is a failure', async () => {
  const { client } = await start((request, response) =>
    request.url.pathname.startsWith('/api/')
      ? answerStatus(response, 404, 'NotFound', { message: 'no', details: { name: 'a', kind: 'pods' } })
      : response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found'),
  );
  expect(await client.get(KINDS.pod, key, signal)).toBeUndefined();
  await client.delete(KINDS.pod, key, signal);
  await expect(client.get(KINDS.lease, key, signal)).rejects.toMatchObject({
    code: 'NotFound',
    message: expect.stringContaining('Could not get Lease n/a: the server does not know the path /apis/coordination'),
  });
});

test('each method is the request that the API knows', async () => {
  const { client, server } = await start((_request, response) => answerJson(response, configMap));
  await client.apply(KINDS.configMap, configMap, signal);
  await client.create(KINDS.configMap, configMap, signal);
  await client.replace(KINDS.configMap, configMap, signal);
  await client.patch(KINDS.deployment, key, { spec: { replicas: 2 } }, signal, 'scale');
  await client.delete(KINDS.namespace, { name: 'n' }, signal);
  await client.get(KINDS.clusterRole, { name: 'system:node' }, signal);
  expect(
    server.requests.map(({ method, url, headers, body }) => [
      `${method} ${url.pathname}${url.search}`,
      headers['content-type'],
      body,
    ]),
  ).toEqual([
    [
      'PATCH /api/v1/namespaces/n/configmaps/a?fieldManager=farled&force=true',
      'application/apply-patch+yaml',
      JSON.stringify(configMap),
    ],
    ['POST /api/v1/namespaces/n/configmaps?fieldManager=farled', 'application/json', JSON.stringify(configMap)],
    ['PUT /api/v1/namespaces/n/configmaps/a?fieldManager=farled', 'application/json', JSON.stringify(configMap)],
    [
      'PATCH /apis/apps/v1/namespaces/n/deployments/a/scale?fieldManager=farled',
      'application/merge-patch+json',
      '{"spec":{"replicas":2}}',
    ],
    ['DELETE /api/v1/namespaces/n', 'application/json', '{"propagationPolicy":"Background"}'],
    ['GET /apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode', undefined, ''],
  ]);
});

test.each([
  { namespace: 'n', name: '' },
  { namespace: 'n', name: '..' },
  { namespace: 'n', name: 'a/b' },
  { name: 'a' },
])('nothing is sent for %j, which names no object', async (wrong) => {
  const { client, server } = await start((_request, response) => answerJson(response, {}));
  await expect(client.delete(KINDS.pod, wrong, signal)).rejects.toMatchObject({ code: 'BadArgument' });
  expect(server.requests).toEqual([]);
});

test('lists come in pages, each item with its kind, and begin again when the past of a page is gone', async () => {
  const { client, server } = await start((_request, response, count) => {
    const metadata = { resourceVersion: '7', continue: count === 3 ? '' : 'next' };
    return count === 1
      ? answerStatus(response, 410, 'Expired')
      : answerJson(response, { metadata, items: [{ metadata: { name: `p${count}` } }] });
  });
  const pods = await client.list(KINDS.pod, { labelSelector: 'a=b' }, signal);
  expect(pods.map((one) => [one.apiVersion, one.kind, one.metadata.name])).toEqual([
    ['v1', 'Pod', 'p2'],
    ['v1', 'Pod', 'p3'],
  ]);
  expect(server.requests.map(({ url }) => url.search)).toEqual([
    '?labelSelector=a%3Db&limit=500',
    '?labelSelector=a%3Db&limit=500&continue=next',
    '?labelSelector=a%3Db&limit=500',
    '?labelSelector=a%3Db&limit=500&continue=next',
  ]);
});

test('a list whose past is always gone is given up', async () => {
  const { client, server } = await start((request, response) =>
    request.url.searchParams.has('continue')
      ? answerStatus(response, 410, 'Expired')
      : answerJson(response, { metadata: { continue: 'next' }, items: null }),
  );
  await expect(client.list(KINDS.pod, {}, signal)).rejects.toMatchObject({ code: 'Expired', status: 410 });
  expect(server.requests).toHaveLength(12);
});

test('an error says what was done to what, and what the API server said', async () => {
  const message = 'deployments.apps "a" is forbidden: User "me" cannot patch resource "deployments"';
  const { client } = await start((_request, response) => answerStatus(response, 403, 'Forbidden', { message }));
  await expect(client.apply(KINDS.deployment, { ...pod, spec: {} } as never, signal)).rejects.toMatchObject({
    code: 'Forbidden',
    status: 403,
    message: `Could not apply Deployment n/a: ${message} (403 Forbidden)`,
    suggestion: expect.stringContaining('permission'),
  });
});

test('what the API server quotes of a Secret is hidden', async () => {
  const { client } = await start((_request, response) =>
    answerStatus(response, 422, 'Invalid', {
      message: 'Secret "a" is invalid: data[x]: Invalid value: "hunter2 \\"q\\" hunter2": no',
      details: { causes: [{ field: 'data', reason: 'x', message: 'hunter2' }] },
    }),
  );
  const secret: Secret = { apiVersion: 'v1', kind: 'Secret', metadata: key };
  const error: unknown = await client.apply(KINDS.secret, secret, signal).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'Invalid', details: { causes: [] } });
  expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
});

test('an answer that is no JSON, or of no API server, is refused without quoting it', async () => {
  const { client } = await start((request, response) =>
    response.writeHead(request.url.pathname === '/version' ? 200 : 400).end('<html>hunter2'),
  );
  const first: unknown = await client.version(signal).catch((caught: unknown) => caught);
  const second: unknown = await client.get(KINDS.pod, key, signal).catch((caught: unknown) => caught);
  expect([first, second]).toMatchObject([{ code: 'NotUnderstood' }, { code: 'BadRequest', status: 400 }]);
  expect(`${String(first)} ${String(second)}`).not.toContain('hunter2');
});

test('the version is read, with what vendors append to it', async () => {
  const { client } = await start((_request, response) =>
    answerJson(response, { major: '1', minor: '34+', gitVersion: 'v1.34.4-eks' }),
  );
  expect(await client.version(signal)).toEqual({ major: 1, minor: 34, gitVersion: 'v1.34.4-eks' });
});

test('too many requests: the call waits as long as it was asked to, whatever it is', async () => {
  const clock = new ManualClock();
  const times: number[] = [];
  const { client } = await start(
    (_request, response, count) => {
      times.push(clock.now());
      return count < 2
        ? answerStatus(response, 429, 'TooManyRequests', { headers: { 'retry-after': '3' } })
        : answerJson(response, configMap, 201);
    },
    { clock },
  );
  expect(await drive(clock, client.create(KINDS.configMap, configMap, signal))).toEqual(configMap);
  expect(times).toHaveLength(3);
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(3000);
});

test('who asks for more patience than there is time is not waited for', async () => {
  const { client, server } = await start((_request, response) =>
    answerStatus(response, 429, 'TooManyRequests', { headers: { 'retry-after': '600' } }),
  );
  await expect(client.get(KINDS.pod, key, signal)).rejects.toMatchObject({ code: 'TooManyRequests' });
  expect(server.requests).toHaveLength(1);
});

test('a broken connection is no failure of what can be repeated, and one of what can not', async () => {
  const clock = new ManualClock();
  const { client, server } = await start(
    (request, response, count) =>
      count === 0 || request.method === 'POST' ? response.destroy() : answerJson(response, configMap),
    { clock },
  );
  expect(await drive(clock, client.apply(KINDS.configMap, configMap, signal))).toEqual(configMap);
  expect(server.requests).toHaveLength(2);
  await expect(client.create(KINDS.configMap, configMap, signal)).rejects.toMatchObject({ code: 'Unreachable' });
  expect(server.requests).toHaveLength(3);
});

test('nobody listens: the call waits, and succeeds when somebody does', async () => {
  const clock = new ManualClock();
  const first = await startWireServer(() => {});
  const port = Number(new URL(first.connection.server).port);
  await first[Symbol.asyncDispose]();
  const client = connectKubernetes(first.connection, { clock, log: silentLogger });
  onTestFinished(() => client[Symbol.asyncDispose]());
  const creating = client.create(KINDS.configMap, configMap, signal);
  for (let passed = 0; passed < 10; passed += 1) {
    await clock.advance(1000);
  }
  const second = await startWireServer((_request, response) => answerJson(response, configMap), { port });
  onTestFinished(() => second[Symbol.asyncDispose]());
  expect(await drive(clock, creating)).toEqual(configMap);
});

test('nobody ever listens: after a minute the call fails with the address', async () => {
  const clock = new ManualClock();
  const gone = await startWireServer(() => {});
  await gone[Symbol.asyncDispose]();
  const client = connectKubernetes(gone.connection, { clock, log: silentLogger });
  onTestFinished(() => client[Symbol.asyncDispose]());
  const began = clock.now();
  await expect(drive(clock, client.get(KINDS.pod, key, signal), 500)).rejects.toMatchObject({
    code: 'Unreachable',
    status: null,
    message: expect.stringMatching(/^Could not get Pod n\/a: 127\.0\.0\.1:\d+ gave no answer: .*ECONNREFUSED/),
  });
  expect(clock.now() - began).toBeGreaterThan(50_000);
  expect(clock.now() - began).toBeLessThan(70_000);
});

test('an API server that says nothing is given up after its time, and asked again', async () => {
  const clock = new ManualClock();
  const { client, server } = await start(
    (_request, response, count) => {
      if (count === 1) {
        answerJson(response, pod);
      }
    },
    { clock },
  );
  expect(await drive(clock, client.get(KINDS.pod, key, signal), 500)).toEqual(pod);
  const creating = drive(clock, client.create(KINDS.configMap, configMap, signal), 500);
  await expect(creating).rejects.toMatchObject({ code: 'TimedOut', message: expect.stringContaining('within 30 s') });
  expect(server.requests).toHaveLength(3);
});

test('a body that stops half way is given up as well', async () => {
  const clock = new ManualClock();
  const { client } = await start(
    (_request, response, count) => {
      response.writeHead(200, { 'content-length': 100 }).write('{');
      if (count === 1) {
        response.end(`"a":"${'x'.repeat(92)}"}`.slice(0, 99));
      }
    },
    { clock },
  );
  expect(await drive(clock, client.get(KINDS.pod, key, signal), 500)).toEqual({ a: 'x'.repeat(92) });
});

test('the signal ends a call at once, in whatever state it is', async () => {
  // Accepts connections, and never answers the TLS handshake.
  const mute = createServer(() => {});
  await new Promise<void>((resolve) => {
    mute.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void mute.close());
  const { client, server } = await start((request, response) =>
    request.url.pathname.endsWith('/busy') ? answerStatus(response, 503, 'ServiceUnavailable') : undefined,
  );
  const other = connectKubernetes(
    { ...server.connection, server: `https://127.0.0.1:${(mute.address() as AddressInfo).port}` },
    { clock: systemClock, log: silentLogger },
  );
  onTestFinished(() => other[Symbol.asyncDispose]());
  const controller = new AbortController();
  const calls = [
    other.get(KINDS.pod, key, controller.signal),
    client.get(KINDS.pod, key, controller.signal),
    client.get(KINDS.pod, { ...key, name: 'busy' }, controller.signal),
    collect(client.logs(key, {}, controller.signal)),
  ];
  await expect(client.get(KINDS.pod, key, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  await until(() => server.requests.length >= 3);
  const began = performance.now();
  controller.abort(new Error('enough'));
  const settled = await Promise.allSettled(calls);
  expect(settled.map((one) => one.status === 'rejected' && String(one.reason))).toEqual(
    calls.map(() => 'Error: enough'),
  );
  expect(performance.now() - began).toBeLessThan(1000);
});

test('a thousand calls at once share a few connections', async () => {
  const sockets = new Set<unknown>();
  const { client } = await start((_request, response) => {
    sockets.add(response.socket);
    answerJson(response, pod);
  });
  await Promise.all(Array.from({ length: 1000 }, () => client.get(KINDS.pod, key, signal)));
  expect(sockets.size).toBeLessThanOrEqual(16);
});

test('the token of a file is read again after a minute, and when it is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'farled-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'token');
  const clock = new ManualClock();
  let valid = 'one';
  const { client, server } = await start(
    (request, response) =>
      request.headers.authorization === `Bearer ${valid}`
        ? answerJson(response, pod)
        : answerStatus(response, 401, 'Unauthorized'),
    { clock, connection: { credential: { kind: 'tokenFile', path } } },
  );
  await expect(client.get(KINDS.pod, key, signal)).rejects.toMatchObject({
    code: 'Unauthorized',
    cause: { code: 'ENOENT' },
  });
  await writeFile(path, 'one\n');
  await client.get(KINDS.pod, key, signal);
  await writeFile(path, 'two\n');
  await client.get(KINDS.pod, key, signal);
  expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer one', 'Bearer one']);
  valid = 'two';
  await clock.advance(1);
  await client.get(KINDS.pod, key, signal);
  await writeFile(path, 'three\n');
  valid = 'three';
  await clock.advance(60_000);
  await client.get(KINDS.pod, key, signal);
  expect(server.requests.slice(2).map(({ headers }) => headers.authorization)).toEqual([
    'Bearer one',
    'Bearer two',
    'Bearer three',
  ]);
  valid = 'four';
  await clock.advance(1);
  await expect(client.get(KINDS.pod, key, signal)).rejects.toMatchObject({ code: 'Unauthorized', status: 401 });
});

test('credentials do not go over the network in clear', () => {
  const connection: Connection = {
    server: 'http://10.0.0.1',
    certificateAuthority: null,
    skipTlsVerify: false,
    tlsServerName: null,
    credential: { kind: 'token', token: 'hunter2' },
  };
  expect(() => connectKubernetes(connection, { clock: systemClock, log: silentLogger })).toThrow(/not https/);
});

test.each<[string, Partial<Connection>, string, RegExp]>([
  ['an unknown authority', {}, SERVER_CERTIFICATE, /not issued by the certificate authorities of this system/],
  [
    'another authority',
    { certificateAuthority: EXPIRED_CERTIFICATE, tlsServerName: 'localhost' },
    SERVER_CERTIFICATE,
    /not issued by the certificate authority of the connection/,
  ],
  [
    'another name',
    { certificateAuthority: AUTHORITY },
    SERVER_CERTIFICATE,
    /not for the name 127\.0\.0\.1, but for DNS:localhost, DNS:kub/,
  ],
  ['time', { certificateAuthority: AUTHORITY, tlsServerName: 'localhost' }, EXPIRED_CERTIFICATE, /has expired/],
])(
  'a certificate that can not be trusted for %s is explained, and not tried again',
  async (_what, connection, cert, message) => {
    const { client, server } = await start((_request, response) => answerJson(response, pod), {
      wire: { tls: { cert, key: SERVER_KEY } },
      connection,
    });
    await expect(client.get(KINDS.pod, key, signal)).rejects.toMatchObject({
      code: 'Unreachable',
      message: expect.stringMatching(message),
      suggestion: expect.stringMatching(/certificate|tls-server-name/),
    });
    expect(server.requests).toEqual([]);
  },
);

test.each<[string, Partial<Connection>]>([
  ['of the right authority and name', { certificateAuthority: AUTHORITY, tlsServerName: 'kubernetes.default.svc' }],
  ['that nobody checks', { skipTlsVerify: true }],
])('a certificate %s is trusted', async (_what, connection) => {
  const { client } = await start((_request, response) => answerJson(response, pod), {
    wire: { tls: { cert: SERVER_CERTIFICATE, key: SERVER_KEY } },
    connection: { ...connection, credential: { kind: 'token', token: 'x' } },
  });
  expect(await client.get(KINDS.pod, key, signal)).toEqual(pod);
});

test('who has a certificate is known by it', async () => {
  const { client } = await start((_request, response) => answerJson(response, pod), {
    wire: { tls: { cert: SERVER_CERTIFICATE, key: SERVER_KEY, ca: AUTHORITY } },
    connection: {
      certificateAuthority: AUTHORITY,
      tlsServerName: 'localhost',
      credential: { kind: 'certificate', certificate: SERVER_CERTIFICATE, key: SERVER_KEY },
    },
  });
  expect(await client.get(KINDS.pod, key, signal)).toEqual(pod);
});

test('an address as the name in the certificate is checked as well', async () => {
  const { client } = await start((_request, response) => answerJson(response, pod), {
    wire: { tls: { cert: SERVER_CERTIFICATE, key: SERVER_KEY } },
    connection: { certificateAuthority: AUTHORITY, tlsServerName: '10.0.0.1' },
  });
  await expect(client.get(KINDS.pod, key, signal)).rejects.toMatchObject({
    message: expect.stringContaining('not for the name 10.0.0.1'),
  });
});

test('a server that does not speak TLS is told from one that can not be reached', async () => {
  const { client } = await start(() => {}, {});
  const address = client.server.replace('http:', 'https:');
  const { client: other } = await start(() => {}, { connection: { server: address } });
  await expect(other.get(KINDS.pod, key, signal)).rejects.toMatchObject({
    message: expect.stringContaining('does not speak TLS'),
  });
});

test('a log is read line by line, in UTF-8, and long lines are cut', async () => {
  const { client, server } = await start((_request, response) => {
    const bytes = Buffer.from(`grüße\n\n${'x'.repeat(70_000)}\nlast`);
    response.write(bytes.subarray(0, 3));
    response.end(bytes.subarray(3));
  });
  const lines = await collect(client.logs(key, { container: 'c', tailLines: 10, timestamps: true }, signal));
  expect(lines.map((line) => line.slice(0, 5))).toEqual(['grüße', '', 'xxxxx', 'last']);
  expect(lines[2]).toMatch(/^x{65536} \[the rest of this line was left out\]$/);
  expect(server.requests[0]?.url.search).toBe('?container=c&tailLines=10&follow=false&timestamps=true');
});

test('who follows a log ends it by the signal, and is told when it broke', async () => {
  const { client, server } = await start((_request, response, count) => {
    response.write('one\n');
    if (count === 1) {
      setImmediate(() => response.destroy());
    }
  });
  const controller = new AbortController();
  const lines: string[] = [];
  for await (const line of client.logs(key, { follow: true }, controller.signal)) {
    lines.push(line);
    controller.abort();
  }
  expect(lines).toEqual(['one']);
  await expect(collect(client.logs(key, { follow: true }, signal))).rejects.toMatchObject({
    code: 'Unreachable',
    message: expect.stringContaining('Could not read the log of Pod n/a'),
  });
  expect(server.requests).toHaveLength(2);
});

test('who stops reading a log lets go of its connection', async () => {
  let closed = false;
  const { client } = await start((_request, response) => {
    response.on('close', () => {
      closed = true;
    });
    response.write('one\ntwo\n');
  });
  for await (const _line of client.logs(key, { follow: true }, signal)) {
    break;
  }
  await until(() => closed);
});

test('permissions that are missing come in the order in which they were asked for, eight questions at a time', async () => {
  let open = 0;
  let most = 0;
  const { client } = await start((request, response) => {
    open += 1;
    most = Math.max(most, open);
    const { resource } = JSON.parse(request.body).spec.resourceAttributes as { resource: string };
    setImmediate(() => {
      open -= 1;
      answerJson(response, { status: { allowed: Number(resource) % 3 !== 0 } }, 201);
    });
  });
  const permissions = Array.from({ length: 30 }, (_, index) => ({ verb: 'get', group: '', resource: String(index) }));
  const missing = await client.missing(permissions, signal);
  expect(missing.map(({ resource }) => Number(resource))).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24, 27]);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(8);
});

test('a client that was closed says so', async () => {
  const { client } = await start(() => {});
  const call = client.get(KINDS.pod, key, signal);
  await client[Symbol.asyncDispose]();
  await expect(call).rejects.toMatchObject({ message: expect.stringContaining('the client was closed') });
  await expect(client.get(KINDS.pod, key, signal)).rejects.toMatchObject({ code: 'Unreachable' });
});
