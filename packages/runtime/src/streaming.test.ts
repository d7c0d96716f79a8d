import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';

import { systemClock } from '@farled/service';
import { describe, expect, test } from 'vitest';

import { startReplica, type TestReplica } from './testing/start-replica.ts';
import { until } from './testing/until.ts';

/** The answer as it comes, for those who want to see its pieces. */
async function open(replica: TestReplica, body = ''): Promise<IncomingMessage> {
  const asked = request({ socketPath: join(replica.folder, 's'), path: '/score', method: 'POST', agent: false });
  asked.end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return response;
}

/** Its pieces, none of them lost between two looks. */
function piecesOf(response: IncomingMessage): () => Promise<string> {
  const pieces = response[Symbol.asyncIterator]();
  return async () => String((await pieces.next()).value ?? 'the end');
}

/** Yields a piece, and the next one when the file is there. */
const IN_TURNS = `
import os, time
def init(): pass
def run(raw):
    yield 'first'
    while not os.path.exists('go'): time.sleep(0.005)
    yield 'second'
`;

describe.each([
  ['def', 'time.sleep'],
  ['async def', 'await asyncio.sleep'],
])('a run() that yields, of %s', (def, sleep) => {
  const script = (body: string): string => `
import asyncio, json, os, time
${def === 'def' ? 'def' : 'async def'} init(): pass
${def} run(raw):
${body.replaceAll('SLEEP', sleep)}
`;

  test.each([
    ['text', ["'a'", "'ä'"], 'text/plain; charset=utf-8', 'aä'],
    ['bytes', ["b'a'", "bytearray(b'b')"], 'application/octet-stream', 'ab'],
    ['anything else', ["{'a': 1}", '[2]', 'None'], 'application/x-ndjson', '{"a": 1}\n[2]\nnull\n'],
  ])('%s answers in pieces of its kind', async (_, items, type, expected) => {
    await using replica = await startReplica({ script: script(items.map((item) => `    yield ${item}`).join('\n')) });
    const { status, headers, text } = await replica.score('');
    expect([status, headers['content-type'], text]).toEqual([200, type, expected]);
    expect(headers).toMatchObject({
      'transfer-encoding': 'chunked',
      'x-ms-run-function-failed': 'False',
      'x-ms-run-fn-exec-ms': expect.stringMatching(/^\d+\.\d{3}$/),
      'x-request-id': expect.any(String),
    });
    expect((await replica.score('')).text).toBe(expected);
  });

  test('is answered from the first item on', async () => {
    await using replica = await startReplica({
      script: script(`
    yield 'first'
    while not os.path.exists('go'): SLEEP(0.005)
    yield 'second'`),
    });
    const nextPiece = piecesOf(await open(replica));
    expect(await nextPiece()).toBe('first');
    await replica.write('go', '');
    expect([await nextPiece(), await nextPiece()]).toEqual(['second', 'the end']);
  });

  test('yields nothing: the answer is empty', async () => {
    await using replica = await startReplica({ script: script(`    if raw: yield raw`) });
    expect(await replica.score('')).toMatchObject({ status: 200, text: '' });
    expect((await replica.score('more')).text).toBe('more');
  });

  test('raises before the first item: a 500, as of any run()', async () => {
    await using replica = await startReplica({ script: script(`    raise ValueError('secret')\n    yield raw`) });
    const { status, text, headers } = await replica.score('');
    expect([status, headers['x-ms-run-function-failed']]).toEqual([500, 'True']);
    expect(text).not.toContain('secret');
  });

  test('raises later: the connection ends, so that nobody takes it for the whole', async () => {
    await using replica = await startReplica({ script: script(`    yield 'a' * 10\n    raise ValueError('late')`) });
    await expect(replica.score('')).rejects.toThrow('aborted');
    await until(async () => (await replica.log()).includes('ValueError: late'));
    expect((await replica.report()).replaced).toEqual({ crashed: 0, timedOut: 0 });
  });

  test('takes longer than the scoring timeout: the connection ends', async () => {
    await using replica = await startReplica({
      script: script(`
    while True:
        yield 'x'
        SLEEP(0.01)`),
      variables: { SCORING_TIMEOUT_MS: '200' },
    });
    await expect(replica.score('')).rejects.toThrow('aborted');
    await until(async () => (await replica.report()).workers[0]?.state === 'idle');
  });

  test('waits for a client that reads slowly, and stops when the client leaves', async () => {
    await using replica = await startReplica({
      script: script(`
    if raw == 'count':
        yield open('made').read()
        return
    made = 0
    try:
        while True:
            made += 1
            with open('making', 'w') as file: file.write(str(made))
            os.replace('making', 'made')
            yield 'x' * 65536
    finally:
        open('closed', 'w').close()`),
      variables: { FARLED_MAX_CONCURRENT_REQUESTS: '2' },
    });
    const response = await open(replica);
    await once(response, 'readable');
    // What the system's buffers and a window hold, and not one item more.
    let made = -1;
    await until(async () => {
      const before = made;
      await systemClock.sleep(50);
      made = Number(await replica.read('made'));
      return made === before;
    });
    expect(made).toBeLessThan(200);
    response.destroy();
    await until(() => replica.has('closed'));
    expect(Number((await replica.score('count')).text)).toBeLessThan(made + 20);
  });
});

describe('an AMLResponse of a generator', () => {
  test('has status and headers of its own', async () => {
    const script = `
from azureml.contrib.services.aml_response import AMLResponse
def init(): pass
def events():
    for number in range(3): yield 'data: %d\\n\\n' % number
def run(raw): return AMLResponse(events(), 201, {'Content-Type': 'text/event-stream'})
`;
    await using replica = await startReplica({ script });
    expect(await replica.score('')).toMatchObject({
      status: 201,
      headers: { 'content-type': 'text/event-stream', 'x-ms-run-function-failed': 'False' },
      text: 'data: 0\n\ndata: 1\n\ndata: 2\n\n',
    });
  });
});

test.each([
  ['has a status that HTTP does not have', 42, 'POST', 500],
  ['has a status without a body', 204, 'POST', 204],
  ['is to a request for its head alone', 200, 'HEAD', 200],
])('a stream that %s is closed, and the next request is scored', async (_, told, method, status) => {
  await using replica = await startReplica({
    script: `
from azureml.contrib.services.aml_request import rawhttp
from azureml.contrib.services.aml_response import AMLResponse
def init(): pass
def items():
    try:
        while True: yield 'x' * 65536
    finally: open('closed', 'w').close()
@rawhttp
def run(request): return AMLResponse('whole' if request.args else items(), ${told})
`,
  });
  const answer = await replica.call('/score', { method });
  expect([answer.status, answer.text.includes('xxx')]).toEqual([status, false]);
  await until(() => replica.has('closed'));
  expect((await replica.call('/score?whole=1')).status).toBe(status);
});

test('a replica that drains answers its streams to the end', async () => {
  await using replica = await startReplica({ script: IN_TURNS });
  const nextPiece = piecesOf(await open(replica));
  await nextPiece();
  await replica.call('/-/drain', { method: 'POST' });
  await replica.write('go', '');
  expect([await nextPiece(), await nextPiece()]).toEqual(['second', 'the end']);
  expect((await replica.ended()).code).toBe(0);
});

test('an item of 20 MB arrives whole', async () => {
  await using replica = await startReplica({ script: `def init(): pass\ndef run(raw): yield 'x' * 20_000_000` });
  expect((await replica.score('')).text.length).toBe(20_000_000);
});
