/** Requests that no client of ours sends: whatever they say, they are answered, and nothing comes of them by halves. */
import { randomUUID } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { dirname, join } from 'node:path';

import { listedRoutes } from '@farled/azureml';
import { Model } from '@farled/sdk';
import { runningServer } from '@farled/standalone';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { devTestCompute, temporaryFolder } from '../harness/sample.ts';
import { startServer, type TestServer } from '../harness/server.ts';
import { SAMPLES } from './wire-samples.ts';

const RUNS = process.env['FARLED_SOAK'] === undefined ? 500 : 20_000;
/** No file of this name may ever be anywhere but where its bytes are kept under another. */
const CANARY = `farled-canary-${randomUUID()}`;

let server: TestServer;
let token: string;
let base: URL;
let ca: string;

beforeAll(async () => {
  server = await startServer();
  await devTestCompute(server.workspace, 'myaks');
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'model.txt'), '42');
  await Model.register(server.workspace, { modelPath: join(folder.path, 'model.txt'), modelName: 'hostile-model' });
  base = new URL((await runningServer(server.home))?.azuremlUrl ?? '');
  ca = await readFile(join(server.home, 'tls', 'ca.crt'), 'utf8');
  const answer = await send({ method: 'POST', path: '/msi/token', body: 'resource=x', headers: { metadata: 'true' } });
  token = (JSON.parse(answer.text) as { access_token: string }).access_token;
}, 300_000);

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

function send({ method, path, body, headers }: Sent): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port: base.port, servername: base.hostname, ca, method, path, agent: false, headers },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
        answer.on('error', reject);
      },
    );
    sent.setTimeout(30_000, () => sent.destroy(new Error('no answer within 30 s')));
    sent.on('error', reject).end(method === 'GET' || method === 'HEAD' ? undefined : body);
  });
}

const NASTY = [
  '..',
  '../..',
  `../../${CANARY}`,
  `/${CANARY}`,
  `..\\..\\${CANARY}`,
  '\0',
  '',
  ' ',
  'a'.repeat(3000),
  '💥',
  "'; DROP TABLE services; --",
  '__proto__',
  'constructor',
  '${jndi:ldap://x}',
  '{{7*7}}',
  '-1',
  '1e309',
  'null',
  'aml://artifact/LocalUpload/../../etc/passwd',
  'name:0',
  'name:99999999999999999999',
];
const nasty = fc.constantFrom(...NASTY);

/** Names that exist, so that a request gets further than its path. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  resourceGroup: ['e2e'],
  workspace: ['test'],
  service: ['hostile'],
  name: ['hostile', 'hostile-model:1', 'myaks', 'myenv'],
  model: ['hostile-model:1'],
  compute: ['myaks'],
  environment: ['myenv'],
};

function segment(parameter: string): fc.Arbitrary<string> {
  const known = parameter === 'subscriptionId' ? [server.workspace.subscriptionId] : (KNOWN[parameter] ?? ['x']);
  return fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: nasty });
}

/** A value with one place of it changed into something else, or gone. */
function mutated(value: unknown): fc.Arbitrary<unknown> {
  const odd = fc.oneof(
    nasty,
    fc.constantFrom(null, true, 0, -1, 1.5, 1e308, [], {}, [[]], { __proto__: null, constructor: 1 }),
    fc.jsonValue({ maxDepth: 3 }),
  );
  if (Array.isArray(value) && value.length > 0) {
    return fc
      .integer({ min: 0, max: value.length - 1 })
      .chain((at) => mutated(value[at]).map((changed) => value.with(at, changed)));
  }
  if (value !== null && typeof value === 'object' && Object.keys(value).length > 0) {
    return fc.constantFrom(...Object.entries(value)).chain(([key, inner]) =>
      fc.oneof(
        { weight: 3, arbitrary: mutated(inner).map((changed) => ({ ...value, [key]: changed })) },
        { weight: 1, arbitrary: odd.map((changed) => ({ ...value, [key]: changed })) },
        {
          weight: 1,
          arbitrary: fc.constant(Object.fromEntries(Object.entries(value).filter(([name]) => name !== key))),
        },
      ),
    );
  }
  return odd;
}

function bodies(row: string, path: string): fc.Arbitrary<string> {
  const sample = SAMPLES[row];
  const form = path.startsWith('/adfs') || path.startsWith('/msi');
  const write = (value: unknown): string =>
    form && value !== null && typeof value === 'object'
      ? new URLSearchParams(
          Object.entries(value).map(([key, inner]): [string, string] => [
            key,
            typeof inner === 'string' ? inner : JSON.stringify(inner),
          ]),
        ).toString()
      : JSON.stringify(value);
  return fc.oneof(
    { weight: 6, arbitrary: (sample === undefined ? fc.jsonValue() : mutated(sample)).map(write) },
    { weight: 2, arbitrary: fc.jsonValue().map(write) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', '{', '[', 'null', '"x"', '\u0000', '{"a":1}{"b":2}', '['.repeat(20_000)),
    },
  );
}

const QUERIES = [
  '',
  '?api-version=2020-02-02',
  '?count=-1',
  '?count=1e9&$skipToken=x',
  '?$skipToken=../..&name=%00',
  '?tags=%E0%A4%A',
  '?tail=NaN&init=maybe',
  '?offset=-5',
  '?comp=blocklist',
  '?comp=block&blockid=..%2F..',
  '?sig=x&se=y',
  '?underlyingResourceAction=explode',
  `?$filter=${encodeURIComponent("resourceType eq '")}`,
];

function hostileRequests(): fc.Arbitrary<Sent> {
  const routes = listedRoutes().filter(({ row }) => !row.startsWith('H'));
  return fc.constantFrom(...routes).chain(({ row, method, path }) => {
    const parts = path
      .split('/')
      .map((part) =>
        part.startsWith(':')
          ? segment(part.slice(1)).map(encodeURIComponent)
          : part.includes('*')
            ? fc.oneof(nasty, fc.constant('LocalUpload/260101T000000-abcdef12/a.txt')).map(encodeURI)
            : fc.constant(part),
      );
    return fc.record({
      method: fc.constant<string>(method),
      path: fc
        .tuple(fc.tuple(...parts), fc.constantFrom(...QUERIES))
        .map(([segments, query]) => `${segments.join('/')}${query}`),
      body: bodies(row, path),
      headers: fc
        .tuple(
          fc.constantFrom(
            'application/json',
            'application/json-patch+json',
            'text/plain',
            'application/x-www-form-urlencoded',
            '',
          ),
          fc.oneof(
            { weight: 8, arbitrary: fc.constant('token') },
            { weight: 1, arbitrary: fc.constantFrom('', 'Bearer', 'Bearer x.y.z', 'Basic eDp4') },
          ),
        )
        .map(([type, authorization]) => ({
          ...(type === '' ? {} : { 'content-type': type }),
          authorization: authorization === 'token' ? `Bearer ${token}` : authorization,
        })),
    });
  });
}

test(`${RUNS} malformed and hostile requests are answered, each with what is wrong with it`, async () => {
  await fc.assert(
    fc.asyncProperty(hostileRequests(), async (sent) => {
      const { status, text } = await send(sent);
      expect(status, text).toBeLessThan(500);
      expect(status).toBeGreaterThanOrEqual(200);
      expect(text).not.toMatch(/node_modules|\bat .*\.ts:\d+|SQLITE|root:x:0:0/);
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
}, 7_200_000);

test('and nothing is left by halves: what is listed can be read, and no name of theirs became a path', async () => {
  expect(server.process().exitCode).toBe(null);
  for (const model of await Model.list(server.workspace)) {
    expect((await Model.get(server.workspace, { id: model.id })).id).toBe(model.id);
  }
  const found: string[] = [];
  for (const folder of [server.home, dirname(server.home), process.cwd(), '/', '/tmp']) {
    found.push(
      ...(await readdir(folder, { recursive: folder === server.home })).filter((name) => name.includes(CANARY)),
    );
  }
  expect(found).toEqual([]);
}, 60_000);
