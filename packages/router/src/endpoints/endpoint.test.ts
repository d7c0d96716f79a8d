import type { IncomingMessage, ServerResponse } from 'node:http';

import { type EndpointRoute, RouterStatistics, VERSION_HEADER } from '@farled/contract';
import { systemClock } from '@farled/service';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { ENDPOINT_KEY, endpointTable } from '../testing/endpoint-table.ts';
import { startRouter, type TestRouter } from '../testing/start-router.ts';

let router: TestRouter;
beforeAll(async () => {
  router = await startRouter();
});
// What the last test counted goes with its endpoint.
beforeEach(() => router.publish({ services: [], endpoints: [] }));
afterAll(() => router[Symbol.asyncDispose]());

const SCORE = '/api/v1/service/shop/score';
type Call = Parameters<TestRouter['call']>[1];
const score = (options: Call = {}) => router.call(SCORE, { method: 'POST', body: '[]', key: ENDPOINT_KEY, ...options });

const says =
  (text: string, status = 200) =>
  (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status).end(text);
  };

async function statistics(): Promise<RouterStatistics> {
  return RouterStatistics.parse(await router.control.statistics(AbortSignal.timeout(2000)));
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = systemClock.now() + 10_000;
  while (!(await holds())) {
    expect(systemClock.now()).toBeLessThan(deadline);
    await systemClock.sleep(5);
  }
}

/** Versions that say their names, «blue» as the default. */
async function colours(
  percentiles: Readonly<Record<string, number>>,
  changes: Partial<EndpointRoute> = {},
): Promise<void> {
  const versions = await Promise.all(
    Object.entries(percentiles).map(async ([name, percentile]) => {
      const replica = await router.replica(name, says(name));
      return [name, { replicas: [replica], percentile }] as const;
    }),
  );
  await router.publish(endpointTable(Object.fromEntries(versions), changes));
}

describe('a request to an endpoint', () => {
  test('needs a key of the endpoint, is answered by a version, and hears which', async () => {
    await colours({ blue: 0, green: 100 });
    expect(await score()).toMatchObject({ status: 200, text: 'green', headers: { [VERSION_HEADER]: 'green' } });
    const refused = await score({ key: 'another' });
    expect(refused.status).toBe(401);
    expect(refused.text).toContain('endpoint \\"shop\\"');
    expect((await router.call('/api/v1/service/shop-green/score', { key: ENDPOINT_KEY })).status).toBe(401);
  });

  test('may name its version, also one without traffic', async () => {
    await colours({ blue: 100, green: 0 });
    const named = (name: string) => score({ headers: { 'Azureml-Model-Deployment': name } });
    expect((await named('green')).text).toBe('green');
    const unknown = await named('red');
    expect([unknown.status, unknown.headers[VERSION_HEADER]]).toEqual([404, undefined]);
    expect((JSON.parse(unknown.text) as { message: string }).message).toBe(
      'Endpoint "shop" has no version of the name that the header azureml-model-deployment asks for: it has "blue", "green".',
    );
  });

  test('is divided as the percentages say, and the rest is the default’s', async () => {
    await colours({ blue: 20, green: 25 });
    const counts = { blue: 0, green: 0 };
    for (let round = 0; round < 20; round += 1) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => score()));
      answers.forEach(({ text }) => (counts[text as 'blue' | 'green'] += 1));
    }
    // Nine standard deviations of 400 draws.
    expect(Math.abs(counts.green - 100)).toBeLessThan(80);
    expect(counts.blue + counts.green).toBe(400);
  });

  test('stays with its version by the value of the sticky header', async () => {
    await colours({ blue: 0, green: 50 }, { stickyHeader: 'x_user' });
    const seen = new Set<string>();
    for (let user = 0; user < 20; user += 1) {
      const ask = async () => (await score({ headers: { X_User: `user-${user}` } })).text;
      const [first, ...others] = await Promise.all(Array.from({ length: 5 }, ask));
      expect(new Set(others)).toEqual(new Set([first]));
      seen.add(first ?? '');
    }
    expect(seen).toEqual(new Set(['blue', 'green']));
  });

  test('gets what the version says of itself under its name alone', async () => {
    const replica = await router.replica('a', (incoming, response) => {
      response.setHeader(VERSION_HEADER, 'something').setHeader('x-other', 'o');
      response.end(incoming.url);
    });
    await router.publish(endpointTable({ blue: { replicas: [replica] } }));
    const answer = await router.call('/api/v1/service/shop/swagger.json', { key: ENDPOINT_KEY });
    expect(answer).toMatchObject({ text: '/swagger.json', headers: { [VERSION_HEADER]: 'blue', 'x-other': 'o' } });
    const preflight = { origin: 'https://a.example', 'access-control-request-method': 'POST' };
    const asked = await router.call(SCORE, { method: 'OPTIONS', key: null, headers: preflight });
    expect(asked).toMatchObject({ status: 200, headers: { [VERSION_HEADER]: 'blue' } });
  });

  test('that is refused hears of which version, and can be looked up', async () => {
    await router.publish(endpointTable({ blue: { replicas: [], changes: { maxQueueWaitMs: 1 } } }));
    const refused = await score({ headers: { 'x-request-id': 'mine' } });
    expect(refused).toMatchObject({ status: 503, headers: { [VERSION_HEADER]: 'blue', 'retry-after': '1' } });
    expect(refused.text).toContain('Too many requests for version blue of endpoint shop (overloaded)');
    expect(await router.refusal('mine')).toMatchObject({ service: 'shop-blue', endpoint: 'shop', version: 'blue' });
  });
});

describe('an endpoint', () => {
  test('whose version is not deployed sends its share to the default', async () => {
    const replica = await router.replica('a', says('blue'));
    await router.publish(endpointTable({ blue: { replicas: [replica] }, green: { percentile: 100 } }));
    expect((await score()).text).toBe('blue');
    const named = await score({ headers: { [VERSION_HEADER]: 'green' } });
    expect(named.status).toBe(503);
    expect(named.text).toContain('is not deployed here yet, or not any more');
  });

  test('without versions says so', async () => {
    await router.publish(endpointTable({}));
    expect(await score()).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    await router.publish(endpointTable({ blue: {} }));
    expect((await score()).text).toContain('No version of endpoint');
  });

  test('adds up, with its versions, whatever became of the requests', async () => {
    const blue = await router.replica('blue', says('blue'));
    const green = await router.replica('green', says('broken', 500));
    const table = endpointTable({ blue: { replicas: [blue] }, green: { replicas: [green], percentile: 50 } });
    await router.publish(table);
    const named = (name: string) => score({ headers: { [VERSION_HEADER]: name } });
    await Promise.all(['blue', 'blue', 'green', 'green', 'green'].map((name) => named(name)));
    const { services, endpoints } = await statistics();
    const [shop] = endpoints;
    expect(shop).toMatchObject({ name: 'shop', accepted: 5, answered: 5, failed: 0, errors: 3, mirror: null });
    expect(services.map(({ name, answered, errors }) => [name, answered, errors])).toEqual([
      ['shop-blue', 2, 0],
      ['shop-green', 3, 3],
    ]);
    const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
    expect(sum(shop?.latency.counts ?? [])).toBe(5);
  });
});

test('a version that is removed loses nothing: what waits for it goes to another one, what it has it answers', async () => {
  const blue = await router.replica('blue', says('blue'));
  const waiting: ServerResponse[] = [];
  const green = await router.replica('green', (_request, response) => void waiting.push(response));
  const one = { maxConcurrentRequestsPerContainer: 1 };
  const versions = { blue: { replicas: [blue] }, green: { replicas: [green], percentile: 100, changes: one } };
  await router.publish(endpointTable(versions));
  const answers = Array.from({ length: 8 }, () => score());
  await until(async () => (await statistics()).services[1]?.queued === 7);
  await router.publish(endpointTable({ blue: versions.blue }));
  await until(async () => (await statistics()).services[0]?.answered === 7);
  waiting[0]?.end('green');
  const texts = (await Promise.all(answers)).map(({ text, headers }) => [text, headers[VERSION_HEADER]]);
  expect(texts.filter(([text, said]) => text === 'blue' && said === 'blue')).toHaveLength(7);
  expect(texts.filter(([text, said]) => text === 'green' && said === 'green')).toHaveLength(1);
  expect((await statistics()).endpoints[0]).toMatchObject({ accepted: 8, answered: 8, refused: 0, failed: 0 });
});

test('versions come and go, percentages move, and no request is lost', async () => {
  const names = ['blue', 'green', 'red'];
  const replicas = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await router.replica(name, says(name))] as const)),
  );
  const publish = (percentiles: Readonly<Record<string, number>>) =>
    router.publish(
      endpointTable(
        Object.fromEntries(
          Object.entries(percentiles).map(([name, percentile]) => {
            const replica = replicas[name];
            return [name, { percentile, replicas: replica === undefined ? [] : [replica] }];
          }),
        ),
      ),
    );
  await publish({ blue: 100 });
  const over = new AbortController();
  let answered = 0;
  const client = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const { status, text, headers } = await score();
      expect([status, text]).toEqual([200, headers[VERSION_HEADER]]);
      answered += 1;
    }
  };
  const clients = Array.from({ length: 16 }, () => client());
  for (let round = 0; round < 24; round += 1) {
    await publish(
      round % 3 === 0 ? { blue: 0, green: 50 } : round % 3 === 1 ? { blue: 0, green: 30, red: 60 } : { blue: 9 },
    );
    const before = answered;
    await until(async () => answered > before + 5);
  }
  over.abort();
  await Promise.all(clients);
  expect((await statistics()).endpoints[0]).toMatchObject({ accepted: answered, answered, refused: 0, failed: 0 });
});
