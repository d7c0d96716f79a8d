import { createHash } from 'node:crypto';
import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';

import { NOT_EXECUTED_HEADER } from '@farled/contract';
import { systemClock } from '@farled/service';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { signToken, testSigner } from './testing/sign-token.ts';
import { KEY, startRouter, type TestRouter } from './testing/start-router.ts';

let router: TestRouter;
beforeEach(async () => {
  router = await startRouter();
});
afterEach(() => router[Symbol.asyncDispose]());

const says =
  (text: string, status = 200) =>
  (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  };

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = systemClock.now() + 10_000;
  while (!(await holds())) {
    expect(systemClock.now()).toBeLessThan(deadline);
    await systemClock.sleep(5);
  }
}

/** A replica that answers when it is told to. */
async function held(id: string) {
  const waiting: ServerResponse[] = [];
  const replica = await router.replica(id, (_request, response) => {
    waiting.push(response);
  });
  return {
    ...replica,
    waiting,
    answerAll: () => waiting.splice(0).forEach((response) => response.end(`"${id}"`)),
  };
}

describe('forwarding', () => {
  test('brings the request to a replica and its answer back, without the key', async () => {
    const replica = await router.replica('a', says('[1]'));
    await router.route([replica]);
    const answer = await router.score('{"data": 1}', { headers: { 'x-request-id': 'mine', 'x-custom': 'c' } });
    expect(answer).toMatchObject({ status: 200, text: '[1]', headers: { 'content-type': 'application/json' } });
    const [seen] = replica.seen;
    expect(seen?.body.toString()).toBe('{"data": 1}');
    expect(seen?.headers).toMatchObject({ 'x-request-id': 'mine', 'x-custom': 'c', 'x-farled-timeout-ms': '5000' });
    expect(seen?.headers).not.toHaveProperty('authorization');
  });

  test('passes GET with its query', async () => {
    const replica = await router.replica('a', says('[1]'));
    await router.route([replica]);
    await router.call('/api/v1/service/test/score?a=1&b=x%20y');
    expect(replica.seen[0]?.url).toBe('/score?a=1&b=x%20y');
  });

  test('streams a large body there and a large answer back', async () => {
    const replica = await router.replica('a', (_request, response, body) => {
      response.end(body);
    });
    await router.route([replica]);
    const body = Buffer.alloc(30_000_000, 'abcdef');
    const answer = await router.score(undefined, { body });
    expect(Buffer.from(answer.text).equals(body)).toBe(true);
    const chunked = await router.score(undefined, { body, headers: { 'transfer-encoding': 'chunked' } });
    expect(chunked.text).toHaveLength(body.length);
  });

  test('lets browsers ask without a key whether a page may score, also when every slot is taken', async () => {
    const replica = await router.replica('a', (incoming, response) => {
      if (incoming.method === 'OPTIONS') {
        response.setHeader('access-control-allow-origin', incoming.headers.origin ?? '');
        response.end(incoming.headers['access-control-request-method']);
      }
    });
    await router.route([replica]);
    const stop = new AbortController();
    const busy = router.score('', { signal: stop.signal }).catch(() => {});
    await until(async () => replica.seen.length === 1);
    const headers = { origin: 'https://a.example', 'access-control-request-method': 'POST' };
    const ask = { method: 'OPTIONS', key: null, headers };
    const allowed = { 'access-control-allow-origin': 'https://a.example' };
    expect(await router.score('', ask)).toMatchObject({ status: 200, text: 'POST', headers: allowed });
    expect(await router.statistics()).toMatchObject({ accepted: 1, inFlight: 1 });
    await router.route([]);
    expect((await router.score('', ask)).status).toBe(503);
    stop.abort();
    await busy;
  });

  test('keeps connections alive on both sides', async () => {
    const ports = new Set<unknown>();
    const replica = await router.replica('a', (incoming, response) => {
      ports.add(incoming.socket);
      response.end('1');
    });
    await router.route([replica]);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let index = 0; index < 5; index += 1) {
      expect((await router.score('', { agent })).headers.connection).toBe('keep-alive');
    }
    agent.destroy();
    expect(ports.size).toBe(1);
  });

  test('goes to the replica that has the least to do', async () => {
    const [a, b] = [await held('a'), await held('b')];
    await router.route([a, b]);
    const answers = [router.score(), router.score()];
    await until(async () => a.waiting.length === 1 && b.waiting.length === 1);
    a.answerAll();
    b.answerAll();
    expect((await Promise.all(answers)).map(({ text }) => text).toSorted()).toEqual(['"a"', '"b"']);
  });
});

describe('a refusal', () => {
  test.each([
    ['without a key', { key: null }, 401, 'is missing or not valid'],
    ['with a wrong key', { key: 'wrong' }, 401, 'is missing or not valid'],
    ['of another method', { method: 'PUT' }, 405, 'GET and POST'],
    ['of OPTIONS from no page', { method: 'OPTIONS' }, 405, 'GET and POST'],
  ])('%s', async (_what, options, status, text) => {
    await router.route([await router.replica('a', says('1'))]);
    const answer = await router.score('', options);
    expect(answer).toMatchObject({ status, text: expect.stringContaining(text) });
    expect(answer.text).not.toContain(KEY);
  });

  test.each([
    ['/api/v1/service/nobody/score', 'no service'],
    ['/api/v1/service/test/other', 'no page'],
    ['/score', 'no page'],
  ])('of %s is a 404', async (path, text) => {
    await router.route([]);
    expect(await router.call(path)).toMatchObject({ status: 404, text: expect.stringContaining(text) });
  });

  test('after the wait in line says what decided, also when asked later', async () => {
    const replica = await held('a');
    await router.route([replica], { maxQueueWaitMs: 50 });
    const first = router.score();
    await until(async () => replica.waiting.length === 1);
    const { status, headers, text } = await router.score('', { headers: { 'x-request-id': 'late' } });
    expect([status, headers['retry-after'], headers['x-request-id']]).toEqual([503, '1', 'late']);
    const { message, because } = JSON.parse(text) as { message: string; because: string };
    expect(message).toBe('Too many requests for service test (overloaded)');
    expect(because).toMatch(/maxQueueWaitMs 50 ms: all 1 slots .* were taken.*as the test says/);
    expect(await router.refusal('late')).toMatchObject({ service: 'test', status: 503, because });
    replica.answerAll();
    expect((await first).status).toBe(200);
  });

  test("is a 504 when the client's own limit is over, which is no failure of the replica", async () => {
    const [a, b] = [await held('a'), await held('b')];
    await router.route([a, b]);
    const { status, text } = await router.score('', { headers: { 'x-request-timeout-ms': '400' } });
    expect([status, text]).toEqual([504, expect.stringContaining('400 ms')]);
    expect((await router.score('', { headers: { 'x-request-timeout-ms': 'soon' } })).status).toBe(400);
  });

  test('of a body over 100 MB comes before it is sent', async () => {
    await router.route([await router.replica('a', says('1'))]);
    const answer = await router
      .score('', { headers: { 'content-length': '104857601' }, body: Buffer.alloc(0) })
      .catch((error: unknown) => error);
    expect(answer).toMatchObject({ status: 413 });
  });
});

describe('a model that fails', () => {
  test('its 500 is a 502 with its own body; its other statuses pass', async () => {
    const replica = await router.replica('a', (_request, response, body) => {
      says('{"message": "mine"}', Number(body.toString()))(_request, response);
    });
    await router.route([replica]);
    expect(await router.score('500')).toMatchObject({ status: 502, text: '{"message": "mine"}' });
    expect(await router.score('418')).toMatchObject({ status: 418, text: '{"message": "mine"}' });
  });

  test('closes the connection: 502 in the words of the original', async () => {
    const replica = await router.replica('a', (incoming) => incoming.socket.destroy());
    await router.route([replica]);
    expect(await router.score()).toMatchObject({
      status: 502,
      text: expect.stringContaining('Replica closed connection before replying'),
    });
  });

  test('takes too long: 504', async () => {
    const replica = await held('a');
    await router.route([replica], { scoringTimeoutMs: 60 });
    expect(await router.score()).toMatchObject({ status: 504, text: expect.stringContaining('60 ms') });
  });
});

describe('a replica that did not begin a request', () => {
  test('has it taken to another one', async () => {
    const busy = await router.replica('busy', (_request, response) => {
      response.writeHead(503, { [NOT_EXECUTED_HEADER]: 'draining' }).end();
    });
    const good = await router.replica('good', says('"good"'));
    await router.route([busy, good]);
    const answers = await Promise.all(Array.from({ length: 6 }, () => router.score('{"x": 1}')));
    expect(answers.map(({ text }) => text)).toEqual(Array.from({ length: 6 }, () => '"good"'));
    expect(busy.seen.length).toBeGreaterThan(0);
    expect(good.seen.every(({ body }) => body.toString() === '{"x": 1}')).toBe(true);
  });

  test('is gone altogether: the same', async () => {
    const good = await router.replica('good', says('"good"'));
    await router.route([{ id: 'gone', path: `${good.path}.gone` }, good]);
    for (let index = 0; index < 4; index += 1) {
      expect((await router.score()).text).toBe('"good"');
    }
  });
});

test('a key that floods the line waits behind itself', async () => {
  const replica = await held('a');
  const digest = (key: string) => createHash('sha256').update(key).digest('hex');
  await router.route([replica], { keyDigests: [digest('flood'), digest('other')], maxQueueWaitMs: 60_000 });
  const order: string[] = [];
  const send = (key: string) => router.score('', { key }).then(() => order.push(key));
  const queued = (count: number) => until(async () => (await router.statistics())?.queued === count);
  const requests = [send('flood')];
  await until(async () => replica.waiting.length === 1);
  for (let index = 1; index <= 4; index += 1) {
    requests.push(send('flood'));
    await queued(index);
  }
  requests.push(send('other'));
  await queued(5);
  for (let index = 0; index < 6; index += 1) {
    await until(async () => replica.waiting.length === 1);
    replica.answerAll();
    await until(async () => order.length === index + 1);
  }
  await Promise.all(requests);
  expect(order).toEqual(['flood', 'flood', 'other', 'flood', 'flood', 'flood']);
});

test('a replica that breaks off requests gets no more of them, and the ledger says so', async () => {
  const bad = await router.replica('bad', (incoming) => incoming.socket.destroy());
  const good = await router.replica('good', says('1'));
  await router.route([bad, good]);
  for (let index = 0; index < 60; index += 1) {
    await router.score();
  }
  expect(bad.seen).toHaveLength(7);
  expect(await router.statistics()).toMatchObject({
    accepted: 60,
    answered: 53,
    failed: 7,
    inFlight: 0,
    queued: 0,
    ejections: 1,
    replicas: [
      { id: 'bad', inFlight: 0, isEjected: true },
      { id: 'good', inFlight: 0, isEjected: false },
    ],
  });
});

describe('a new table', () => {
  test('keeps the requests of a replica that leaves, and gives it no others', async () => {
    const old = await held('old');
    await router.route([old]);
    const first = router.score();
    await until(async () => old.waiting.length === 1);
    const next = await router.replica('next', says('"next"'));
    await router.route([next]);
    expect((await router.score()).text).toBe('"next"');
    old.answerAll();
    expect((await first).text).toBe('"old"');
    expect(old.seen).toHaveLength(1);
  });

  test('brings new keys at once', async () => {
    const replica = await router.replica('a', says('1'));
    await router.route([replica]);
    expect((await router.score()).status).toBe(200);
    await router.route([replica], { keyDigests: ['00'.repeat(32)] });
    expect((await router.score()).status).toBe(401);
    await router.route([replica], { keyDigests: null });
    expect((await router.score('', { key: null })).status).toBe(200);
  });

  test('brings tokens in place of keys at once, takes both in between, and refuses what was revoked', async () => {
    const replica = await router.replica('a', says('1'));
    const signer = testSigner();
    const now = Math.floor(systemClock.now() / 1000);
    const token = signToken(signer, { iss: 'farled', aud: 'id', iat: now, nbf: now, exp: now + 600 });
    const statuses = async () =>
      Promise.all([KEY, token, null].map(async (key) => (await router.score('', { key })).status));
    const tokens = { issuer: 'farled', audience: 'id', notBefore: 0, keys: [signer.key] };
    await router.route([replica]);
    expect(await statuses()).toEqual([200, 401, 401]);
    await router.route([replica], { tokens });
    expect(await statuses()).toEqual([200, 200, 401]);
    await router.route([replica], { keyDigests: [], tokens });
    expect(await statuses()).toEqual([401, 200, 401]);
    const refused = await router.score('', { key: null });
    expect(JSON.parse(refused.text)).toEqual({
      message: expect.stringContaining('The token for service "test" is mi'),
    });
    expect(refused.headers['www-authenticate']).toBe('Bearer');
    await router.route([replica], { keyDigests: [], tokens: { ...tokens, notBefore: now + 1 } });
    expect(await statuses()).toEqual([401, 401, 401]);
    await router.route([replica], { keyDigests: [], tokens: { ...tokens, keys: [testSigner('key-2').key] } });
    expect(await statuses()).toEqual([401, 401, 401]);
    await router.route([replica], { keyDigests: [], tokens: { ...tokens, audience: 'of the next service' } });
    expect(await statuses()).toEqual([401, 401, 401]);
    expect(replica.seen.filter(({ headers }) => 'authorization' in headers)).toEqual([]);
  });

  test('that is older than the one in use changes nothing', async () => {
    await router.route([await router.replica('a', says('1'))]);
    await router.control.putTable({ generation: 0, services: [], endpoints: [] }, AbortSignal.timeout(2000));
    expect((await router.score()).status).toBe(200);
  });

  test('is there again after the router was killed, with its tokens', async () => {
    const signer = testSigner();
    const now = Math.floor(systemClock.now() / 1000);
    const key = signToken(signer, { iss: 'farled', aud: 'id', iat: now, nbf: now, exp: now + 600 });
    const tokens = { issuer: 'farled', audience: 'id', notBefore: 0, keys: [signer.key] };
    await router.route([await router.replica('a', says('1'))], { tokens });
    await router.kill();
    await router.restart();
    expect((await router.score()).status).toBe(200);
    expect((await router.score('', { key })).status).toBe(200);
  });
});

test('the ledger adds up, clients that went away included', async () => {
  const replica = await held('a');
  await router.route([replica], { maxQueueWaitMs: 10_000 });
  const gone = new AbortController();
  const leaving = router.score('', { signal: gone.signal }).catch(() => 'gone');
  await until(async () => replica.waiting.length === 1);
  const waiting = router.score();
  await until(async () => (await router.statistics())?.queued === 1);
  const during = await router.statistics();
  expect(during).toMatchObject({ accepted: 2, inFlight: 1, queued: 1, answered: 0, failed: 0, refused: 0 });
  gone.abort();
  await leaving;
  await until(async () => replica.waiting.length === 2);
  replica.answerAll();
  expect((await waiting).status).toBe(200);
  await until(async () => (await router.statistics())?.answered === 1);
  expect(await router.statistics()).toMatchObject({ accepted: 2, answered: 1, failed: 1, inFlight: 0, queued: 0 });
});

test('a router that drains answers what it accepted and ends', async () => {
  const replica = await held('a');
  await router.route([replica]);
  const accepted = router.score();
  await until(async () => replica.waiting.length === 1);
  await router.control.drain(AbortSignal.timeout(2000));
  await expect(router.score()).rejects.toThrow('ECONNREFUSED');
  replica.answerAll();
  expect((await accepted).text).toBe('"a"');
  expect(await router.exit).toBe(0);
});

test('health needs no key', async () => {
  expect(await router.call('/', { key: null })).toMatchObject({ status: 200, text: 'Healthy' });
});
