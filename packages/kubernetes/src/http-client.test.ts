import { silentLogger, systemClock } from '@farled/service';
import { expect, test } from 'vitest';

import { connectKubernetes } from './http-client.ts';
import { KINDS } from './kinds.ts';
import { answerJson, answerStatus, startWireServer } from './testing/wire-server.ts';
import type { Answering } from './testing/wire-server.ts';

const signal = new AbortController().signal;
const parts = { clock: systemClock, log: silentLogger, random: () => 0 };

async function start(answer: Answering, options = {}) {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await startWireServer(answer));
  const client = stack.use(connectKubernetes(server.connection, { ...parts, ...options }));
  return { server, client, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

test('what is not there is undefined, and a path that the server does not serve is a failure', async () => {
  await using run = await start((request, response) =>
    request.url.pathname.startsWith('/api/')
      ? answerStatus(response, 404, 'NotFound', { message: 'no', details: { name: 'a', kind: 'pods' } })
      : response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found'),
  );
  expect(await run.client.get(KINDS.pod, { namespace: 'n', name: 'a' }, signal)).toBeUndefined();
  await run.client.delete(KINDS.pod, { namespace: 'n', name: 'a' }, signal);
  await expect(run.client.get(KINDS.lease, { namespace: 'n', name: 'a' }, signal)).rejects.toMatchObject({
    code: 'NotFound',
    message: expect.stringContaining('Could not get Lease n/a: the server does not know the path /apis/coordination'),
  });
});

test('lists come in pages, each item with its kind, and begin again when the past of a page is gone', async () => {
  await using run = await start((request, response, count) => {
    const page = {
      metadata: { resourceVersion: '7', continue: count === 3 ? '' : 'next' },
      items: [{ metadata: { name: `p${count}` } }],
    };
    return count === 1 ? answerStatus(response, 410, 'Expired') : answerJson(response, page);
  });
  const pods = await run.client.list(KINDS.pod, { labelSelector: 'a=b' }, signal);
  expect(pods.map((pod) => [pod.apiVersion, pod.kind, pod.metadata.name])).toEqual([
    ['v1', 'Pod', 'p2'],
    ['v1', 'Pod', 'p3'],
  ]);
  expect(run.server.requests.map(({ url }) => url.search)).toEqual([
    '?labelSelector=a%3Db&limit=500',
    '?labelSelector=a%3Db&limit=500&continue=next',
    '?labelSelector=a%3Db&limit=500',
    '?labelSelector=a%3Db&limit=500&continue=next',
  ]);
});
