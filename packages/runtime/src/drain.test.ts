import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';

import { REPLICA_CONTROL } from '@farled/contract';
import { expect, test } from 'vitest';

import { startReplica, type TestReplica } from './testing/start-replica.ts';
import { until } from './testing/until.ts';

const ECHO = 'def init(): pass\ndef run(raw): return raw';
const SLOW = 'import time\ndef init(): pass\ndef run(raw):\n    time.sleep(0.5)\n    return "done"';

/** A connection as bytes. */
async function open(replica: TestReplica) {
  const socket: Socket = connect(join(replica.folder, 's'));
  await once(socket, 'connect');
  let received = '';
  socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
  const ended = once(socket, 'end');
  return {
    score: () => socket.write('POST /score HTTP/1.1\r\nhost: replica\r\ncontent-length: 1\r\n\r\n1'),
    receives: (text: string) => until(() => Promise.resolve(received.includes(text))),
    all: async () => {
      await ended;
      return received;
    },
  };
}

test('an idle connection is told good-bye before it is closed, so that a request on its way goes elsewhere', async () => {
  await using replica = await startReplica({ script: ECHO });
  const [unused, used] = [await open(replica), await open(replica)];
  used.score();
  await used.receives('"1"');
  process.kill(replica.pid, 'SIGTERM');
  const goodBye = /HTTP\/1\.1 503 [^]*x-farled-not-executed: draining\r\nconnection: close\r\n[^]*\r\n\r\n$/;
  expect(await unused.all()).toMatch(goodBye);
  expect(await used.all()).toMatch(goodBye);
  expect((await replica.ended()).code).toBe(0);
});

test('the answer to a request that was there before the drain ends its connection', async () => {
  await using replica = await startReplica({ script: SLOW });
  const connection = await open(replica);
  connection.score();
  await until(async () => (await replica.report()).inFlight === 1);
  process.kill(replica.pid, 'SIGTERM');
  expect(await connection.all()).toMatch(/^HTTP\/1\.1 200 [^]*connection: close\r\n[^]*"done"$/i);
  expect((await replica.ended()).code).toBe(0);
});

test('while it lingers it serves, ends connections, and is alive but not ready', async () => {
  await using replica = await startReplica({ script: ECHO, variables: { FARLED_DRAIN_LINGER_SECONDS: '2' } });
  const kept = await open(replica);
  process.kill(replica.pid, 'SIGTERM');
  await until(async () => (await replica.report()).state === 'draining');
  expect((await replica.call('/')).status).toBe(200);
  expect((await replica.call(REPLICA_CONTROL.ready)).status).toBe(503);
  const served = await replica.score('1');
  expect([served.status, served.headers.connection]).toEqual([200, 'close']);
  kept.score();
  expect(await kept.all()).toMatch(/^HTTP\/1\.1 200 [^]*connection: close\r\n[^]*"1"$/i);
  expect((await replica.ended()).code).toBe(0);
});

test('after it lingered it refuses what comes, and answers what it has', async () => {
  await using replica = await startReplica({
    script: 'import time\ndef init(): pass\ndef run(raw):\n    time.sleep(2)\n    return "done"',
    variables: { FARLED_DRAIN_LINGER_SECONDS: '0.5' },
  });
  const accepted = replica.score('');
  await until(async () => (await replica.report()).inFlight === 1);
  process.kill(replica.pid, 'SIGTERM');
  // Until then it is busy for them, not leaving.
  await until(async () => (await replica.score('')).headers['x-farled-not-executed'] === 'draining');
  expect((await accepted).text).toBe('"done"');
  expect((await replica.ended()).code).toBe(0);
});

test('told to end while the entry script starts, it ends at once', async () => {
  const starting = startReplica({
    script: 'import time\ndef init(): time.sleep(600)\ndef run(raw): return 1',
    until: 'listening',
    variables: { FARLED_DRAIN_LINGER_SECONDS: '300' },
  });
  await using replica = await starting;
  process.kill(replica.pid, 'SIGTERM');
  expect((await replica.ended()).code).toBe(0);
});
