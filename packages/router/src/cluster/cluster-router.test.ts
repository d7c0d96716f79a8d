import { once } from 'node:events';
import { Agent, type ServerResponse } from 'node:http';
import { connect } from 'node:net';

import { RouterStatistics } from '@farled/contract';
import { systemClock } from '@farled/service';
import { describe, expect, test } from 'vitest';

import { type ClusterRouter, startClusterRouter, startTcpReplica } from '../testing/start-cluster-router.ts';

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = systemClock.now() + 10_000;
  while (!(await holds())) {
    expect(systemClock.now()).toBeLessThan(deadline);
    await systemClock.sleep(5);
  }
}

async function stoppedListening({ port }: ClusterRouter): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
}

describe('while the API server is away', () => {
  test('a router that has a kept table serves by it and is ready', async () => {
    await using replica = await startTcpReplica((_request, response) => response.end('[1]'));
    await using router = await startClusterRouter({ kept: [replica.route] });
    expect((await router.health('/readyz')).status).toBe(200);
    expect((await router.score()).text).toBe('[1]');
    const { services, generation } = RouterStatistics.parse(JSON.parse((await router.health('/statistics')).text));
    expect([generation, services[0]]).toEqual([5, expect.objectContaining({ name: 'test', accepted: 1, answered: 1 })]);
  });

  test('it does not say of a service it does not know that there is none', async () => {
    await using router = await startClusterRouter({ kept: [] });
    const { status, headers, text } = await router.score();
    expect([status, headers['retry-after']]).toEqual([503, '1']);
    expect(text).toContain('the API server of its cluster does not answer. Try again.');
  });

  test('one that has none is alive and not ready, and ends when told', async () => {
    await using router = await startClusterRouter({ variables: { FARLED_ROUTER_DRAIN_SECONDS: '0' } });
    expect((await router.health('/healthz')).status).toBe(200);
    expect((await router.health('/readyz')).status).toBe(503);
    process.kill(router.pid, 'SIGTERM');
    expect(await router.exit).toBe(0);
  });
});

test('the second port explains refusals, and changes nothing', async () => {
  await using replica = await startTcpReplica((_request, response) => response.end());
  const crowded = { ...replica.route, replicas: [], maxQueueWaitMs: 1 };
  await using router = await startClusterRouter({ kept: [crowded] });
  const { status, headers } = await router.score();
  expect(status).toBe(503);
  const explained = await router.health(`/refusals/${String(headers['x-request-id'])}`);
  expect(JSON.parse(explained.text)).toMatchObject({ service: 'test', status: 503 });
  expect((await router.health('/refusals/%zz')).status).toBe(404);
  expect((await router.health('/table')).status).toBe(404);
});

describe('a router that drains', () => {
  const SECONDS = { FARLED_ROUTER_DRAIN_SECONDS: '1' };

  test('loses no request of clients that keep connections, or open new ones', async () => {
    await using replica = await startTcpReplica((request, response) => {
      request.resume().on('end', () => response.end('[1]'));
    });
    await using router = await startClusterRouter({ kept: [replica.route], variables: SECONDS });
    let isDraining = false;
    let answered = 0;
    /** Sends one request after another, until it is told to go elsewhere. */
    const client = async (agent?: Agent): Promise<void> => {
      for (;;) {
        const mayStop = isDraining;
        const { status, headers } = await router.score(agent === undefined ? {} : { agent });
        expect(status).toBe(200);
        answered += 1;
        if (mayStop) {
          expect(headers.connection).toBe('close');
          return;
        }
      }
    };
    const agents = Array.from({ length: 20 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
    const clients = [...agents.map((agent) => client(agent)), ...Array.from({ length: 5 }, () => client())];
    await until(() => Promise.resolve(answered > 200));
    process.kill(router.pid, 'SIGTERM');
    await until(async () => (await router.health('/readyz')).status === 503);
    isDraining = true;
    await Promise.all(clients);
    agents.forEach((agent) => agent.destroy());
    const { services } = RouterStatistics.parse(JSON.parse((await router.health('/statistics')).text));
    expect(services[0]).toMatchObject({ accepted: answered, answered, refused: 0, failed: 0 });
    expect(await router.exit).toBe(0);
  });

  test('answers what it accepted after it stopped listening', async () => {
    const waiting: ServerResponse[] = [];
    await using replica = await startTcpReplica((_request, response) => void waiting.push(response));
    await using router = await startClusterRouter({ kept: [replica.route], variables: SECONDS });
    const accepted = router.score();
    await until(() => Promise.resolve(waiting.length === 1));
    process.kill(router.pid, 'SIGTERM');
    await until(() => stoppedListening(router));
    waiting[0]?.end('[1]');
    expect(await accepted).toMatchObject({ status: 200, text: '[1]', headers: { connection: 'close' } });
    expect(await router.exit).toBe(0);
  });

  test('still answers on an idle connection, whose client could not know, and then closes it', async () => {
    await using replica = await startTcpReplica((_request, response) => response.end('[1]'));
    await using router = await startClusterRouter({ kept: [replica.route], variables: SECONDS });
    const socket = connect(router.port, '127.0.0.1');
    await once(socket, 'connect');
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
    const score = (): boolean =>
      socket.write('POST /api/v1/service/test/score HTTP/1.1\r\nhost: router\r\ncontent-length: 0\r\n\r\n');
    score();
    await until(() => Promise.resolve(received.includes('[1]')));
    process.kill(router.pid, 'SIGTERM');
    await until(() => stoppedListening(router));
    received = '';
    score();
    await once(socket, 'end');
    expect(received).toMatch(/^HTTP\/1\.1 200 [^]*connection: close[^]*\[1\]/i);
    expect(await router.exit).toBe(0);
  });
});
