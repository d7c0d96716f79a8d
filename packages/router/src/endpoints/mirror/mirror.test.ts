import type { IncomingMessage, ServerResponse } from 'node:http';

import { type EndpointRoute, type MirrorStatistics, NOT_EXECUTED_HEADER, VERSION_HEADER } from '@farled/contract';
import { systemClock } from '@farled/service';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { ENDPOINT_KEY, endpointTable } from '../../testing/endpoint-table.ts';
import { startRouter, type TestRouter } from '../../testing/start-router.ts';

let router: TestRouter;
beforeAll(async () => {
  router = await startRouter();
});
beforeEach(() => router.publish({ services: [], endpoints: [] }));
afterAll(() => router[Symbol.asyncDispose]());

type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;
type Table = Parameters<typeof endpointTable>[0];
type Call = Parameters<TestRouter['call']>[1];

const ALL: Partial<EndpointRoute> = { mirror: { version: 'shadow', percentile: 100 } };
const score = (options: Call = {}) =>
  router.call('/api/v1/service/shop/score', { method: 'POST', body: '[]', key: ENDPOINT_KEY, ...options });
const says =
  (text: string, status = 200): Answer =>
  (_request, response) =>
    response.writeHead(status).end(text);

async function mirrored(main: Answer, shadow: Answer, changes: Partial<Table[string]> = {}, endpoint = ALL) {
  const [a, b] = [await router.replica('main', main), await router.replica('shadow', shadow)];
  await router.publish(endpointTable({ main: { replicas: [a] }, shadow: { replicas: [b], ...changes } }, endpoint));
  return { main: a, shadow: b };
}

const statistics = () => router.control.statistics(AbortSignal.timeout(2000));
const mirror = async () => (await statistics()).endpoints[0]?.mirror;

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = systemClock.now() + 10_000;
  while (!(await holds())) {
    expect(systemClock.now()).toBeLessThan(deadline);
    await systemClock.sleep(5);
  }
}

async function counted(expected: Partial<MirrorStatistics>): Promise<void> {
  const sum = Object.values(expected).reduce<number>((total, count) => total + Number(count), 0);
  await until(async () => {
    const found = await mirror();
    return found !== null && found !== undefined && found.same + found.different + found.failed + found.skipped >= sum;
  });
  expect(await mirror()).toMatchObject({ same: 0, different: 0, failed: 0, skipped: 0, ...expected });
}

describe('a copy', () => {
  test('is the request again, and is in no ledger', async () => {
    const { shadow } = await mirrored(says('[1]'), says('[1]'));
    const answer = await score({ body: '{"a": 1}', headers: { 'x-request-id': 'mine', 'x-custom': 'c' } });
    expect(answer).toMatchObject({ text: '[1]', headers: { [VERSION_HEADER]: 'main' } });
    await counted({ same: 1 });
    expect(shadow.seen[0]?.body.toString()).toBe('{"a": 1}');
    expect(shadow.seen[0]?.headers).toMatchObject({ 'x-request-id': 'mine', 'x-custom': 'c' });
    const { services, endpoints } = await statistics();
    expect(services[1]).toMatchObject({ name: 'shop-shadow', accepted: 0, answered: 0, inFlight: 0, copies: 0 });
    expect(endpoints[0]).toMatchObject({ accepted: 1, answered: 1 });
  });

  test('that is answered otherwise is counted, and the latest can be looked up', async () => {
    await mirrored(says('[1]'), says('broken', 500));
    for (let index = 0; index < 20; index += 1) {
      await score({ headers: { 'x-request-id': `id-${index}` } });
      await counted({ different: index + 1 });
    }
    const found = await mirror();
    expect(found?.differences.map(({ requestId }) => requestId)).toEqual(
      Array.from({ length: 16 }, (_, index) => `id-${index + 4}`),
    );
    expect(found?.differences[0]).toMatchObject({ status: 200, mirrorStatus: 502, bytes: 3, mirrorBytes: 6 });
  });

  test('with as many bytes of another content is different, and chunks are not content', async () => {
    let texts: readonly string[] = ['12', '3'];
    await mirrored(says('123'), (_request, response) => {
      texts.forEach((text) => response.write(text));
      response.end();
    });
    await score();
    await counted({ same: 1 });
    texts = ['12', '4'];
    await score();
    await counted({ same: 1, different: 1 });
  });

  test('delays nothing: the answer comes while the mirror version still thinks', async () => {
    const waiting: ServerResponse[] = [];
    await mirrored(says('[1]'), (_request, response) => void waiting.push(response));
    expect((await score()).text).toBe('[1]');
    await until(async () => waiting.length === 1);
    expect((await statistics()).services[1]).toMatchObject({ copies: 1, inFlight: 0, accepted: 0 });
    waiting[0]?.end('[1]');
    await counted({ same: 1 });
  });

  test('that ends without an answer, or is not taken, failed', async () => {
    let fails: Answer = (_request, response) => void response.destroy();
    await mirrored(says('[1]'), (request, response, body) => fails(request, response, body), {
      changes: { scoringTimeoutMs: 50 },
    });
    await score();
    await counted({ failed: 1 });
    fails = (_request, response) => response.setHeader(NOT_EXECUTED_HEADER, 'busy').writeHead(503).end();
    await score();
    await counted({ failed: 2 });
    // Longer than the mirror version may take, though it has begun.
    fails = (_request, response) => void response.write('[');
    await score();
    await counted({ failed: 3 });
    expect((await statistics()).services[1]).toMatchObject({ copies: 0, refused: 0, failed: 0 });
  });

  test('of a request that gets no answer is given up', async () => {
    const [main, shadow]: ServerResponse[][] = [[], []];
    const gone: boolean[] = [];
    await mirrored(
      (_request, response) => void main?.push(response),
      (_request, response) => {
        shadow?.push(response);
        response.on('close', () => gone.push(true));
      },
    );
    const stop = new AbortController();
    const left = score({ signal: stop.signal }).catch(() => 'left');
    await until(async () => main?.length === 1 && shadow?.length === 1);
    stop.abort();
    expect(await left).toBe('left');
    await counted({ skipped: 1 });
    await until(async () => gone.length === 1);
  });
});

test('a copy of a request that no replica took in the end is given up too', async () => {
  const busy: Answer = (_request, response) => response.setHeader(NOT_EXECUTED_HEADER, 'busy').writeHead(503).end();
  const [main, shadow] = [await router.replica('main', busy), await router.replica('shadow', says('[1]'))];
  const impatient = { maxQueueWaitMs: 20 };
  await router.publish(
    endpointTable({ main: { replicas: [main], changes: impatient }, shadow: { replicas: [shadow] } }, ALL),
  );
  expect((await score()).status).toBe(503);
  await counted({ skipped: 1 });
});

describe('no copy is made', () => {
  test('without a free slot, and a version with traffic keeps one for its requests', async () => {
    const waiting: ServerResponse[] = [];
    const two = { changes: { maxConcurrentRequestsPerContainer: 2 } };
    const hold: Answer = (_request, response) => void waiting.push(response);
    await mirrored(says('[1]'), hold, two);
    await Promise.all([score(), score(), score()]);
    await counted({ skipped: 1 });
    waiting.splice(0).forEach((response) => response.end('[1]'));
    await counted({ skipped: 1, same: 2 });

    await router.publish({ services: [], endpoints: [] });
    await mirrored(says('[1]'), hold, { ...two, percentile: 1 });
    const named = { headers: { [VERSION_HEADER]: 'main' } };
    await Promise.all([score(named), score(named)]);
    await counted({ skipped: 1 });
    const real = score({ headers: { [VERSION_HEADER]: 'shadow' } });
    await until(async () => waiting.length === 2);
    waiting.splice(0).forEach((response) => response.end('[1]'));
    expect((await real).text).toBe('[1]');
    await counted({ skipped: 1, same: 1 });
  });

  test('of a large body, and the request is answered', async () => {
    const { shadow } = await mirrored((_request, response, body) => response.end(String(body.length)), says(''));
    expect((await score({ body: Buffer.alloc(100_000) })).text).toBe('100000');
    await counted({ skipped: 1 });
    expect(shadow.seen).toEqual([]);
  });

  test('for the version itself, for the description, or for a version that is not there', async () => {
    const { shadow } = await mirrored(says('[1]'), says('[1]'));
    await score({ headers: { [VERSION_HEADER]: 'shadow' } });
    await router.call('/api/v1/service/shop/swagger.json', { key: ENDPOINT_KEY });
    expect(shadow.seen).toHaveLength(1);
    await counted({});
    const main = await router.replica('alone', says('[1]'));
    await router.publish(endpointTable({ main: { replicas: [main] }, shadow: {} }, ALL));
    await score();
    await counted({ skipped: 1 });
  });

  test('of more requests than are asked for', async () => {
    await mirrored(says('[1]'), says('[1]'), {}, { mirror: { version: 'shadow', percentile: 30 } });
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(Array.from({ length: 10 }, () => score()));
    }
    const found = await mirror();
    const drawn = (found?.same ?? 0) + (found?.skipped ?? 0);
    // Six standard deviations of a hundred draws.
    expect(Math.abs(drawn - 30)).toBeLessThan(28);
  });
});

test('a mirror version that changes begins to count anew', async () => {
  await mirrored(says('[1]'), says('[1]'));
  await score();
  await counted({ same: 1 });
  const main = await router.replica('main', says('[1]'));
  await router.publish(
    endpointTable({ main: { replicas: [main] } }, { mirror: { version: 'other', percentile: 100 } }),
  );
  expect(await mirror()).toMatchObject({ version: 'other', same: 0 });
});
