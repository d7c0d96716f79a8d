import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';

import { Model } from '@farled/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { deployment, devTestCompute, inference, temporaryFolder } from '../harness/sample.ts';
import { startServer, type TestServer } from '../harness/server.ts';

const SCRIPT = `
import os, time
from azureml.contrib.services.aml_request import AMLRequest, rawhttp
from azureml.contrib.services.aml_response import AMLResponse

def init():
    pass

def events(path):
    yield 'data: 1\\n\\n'
    while not os.path.exists(path): time.sleep(0.005)
    yield 'data: 2\\n\\n'

@rawhttp
def run(request):
    if 'wait-for' in request.args:
        return AMLResponse(events(request.args['wait-for']), 200, {'Content-Type': 'text/event-stream'})
    return AMLResponse(request.get_data()[::-1], 202, {'Content-Type': 'image/png', 'X-Seen': request.method})
`;
const PAGE = 'https://page.example';

let server: TestServer;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let key: string;
let uris: { readonly score: string; readonly swagger: string };

beforeAll(async () => {
  server = await startServer();
  folder = await temporaryFolder();
  await devTestCompute(server.workspace);
  const config = await inference(folder.path, 'source', SCRIPT);
  config.environment.environmentVariables = { AML_CORS_ORIGINS: PAGE };
  const service = await Model.deploy(server.workspace, 'raw', [], config, deployment(), 'myaks');
  await service.waitForDeployment();
  [key] = await service.getKeys();
  uris = { score: service.scoringUri, swagger: service.swaggerUri };
}, 180_000);
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

function call(uri: string, method: string, headers: Record<string, string>, body = Buffer.alloc(0)) {
  const answered = Promise.withResolvers<{ status: number; headers: NodeJS.Dict<string | string[]>; body: Buffer }>();
  const asked = request(uri, { method, headers, agent: false }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', answered.reject);
    response.on('end', () =>
      answered.resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: Buffer.concat(chunks),
      }),
    );
  });
  asked.on('error', answered.reject);
  asked.end(body);
  return answered.promise;
}

test('bytes go to a script of raw requests and come back, with its status and headers', async () => {
  const body = Buffer.from([0, 255, 1]);
  const answer = await call(uris.score, 'POST', { authorization: `Bearer ${key}` }, body);
  expect(answer).toMatchObject({ status: 202, headers: { 'content-type': 'image/png', 'x-seen': 'POST' } });
  expect([...answer.body]).toEqual([1, 255, 0]);
});

test('what a script yields reaches the client piece by piece', async () => {
  const go = join(folder.path, 'go');
  const headers = { authorization: `Bearer ${key}` };
  const asked = request(`${uris.score}?wait-for=${encodeURIComponent(go)}`, { method: 'POST', headers, agent: false });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const pieces = response[Symbol.asyncIterator]();
  expect(String((await pieces.next()).value)).toBe('data: 1\n\n');
  await writeFile(go, '');
  expect(String((await pieces.next()).value)).toBe('data: 2\n\n');
  expect([response.headers['content-type'], await pieces.next()]).toEqual([
    'text/event-stream',
    { done: true, value: undefined },
  ]);
});

test('swagger.json describes the service at its address', async () => {
  const { status, body } = await call(`${uris.swagger}?version=3`, 'GET', { authorization: `Bearer ${key}` });
  const document = JSON.parse(body.toString()) as { info: { title: string }; paths: object };
  expect([status, document.info.title, Object.keys(document.paths)]).toEqual([
    200,
    'raw',
    ['/api/v1/service/raw/', '/api/v1/service/raw/score', '/api/v1/service/raw/swagger.json'],
  ]);
});

test('a browser is told without a key which pages may score, and the script is not asked', async () => {
  const ask = (origin: string) =>
    call(uris.score, 'OPTIONS', {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    });
  expect(await ask(PAGE)).toMatchObject({
    status: 200,
    headers: { 'access-control-allow-origin': PAGE, 'access-control-allow-headers': 'authorization' },
  });
  const other = await ask('https://other.example');
  expect(other.headers).not.toHaveProperty('access-control-allow-origin');
  expect(other.headers).not.toHaveProperty('x-seen');
});
