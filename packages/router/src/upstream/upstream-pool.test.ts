import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

import { ManualClock, systemClock } from '@farled/service';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { UpstreamConnection, UpstreamUser } from './upstream-connection.ts';
import { UpstreamPool } from './upstream-pool.ts';

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

let sockets: Socket[];
let pool: UpstreamPool;
let clock: ManualClock;
let stop: () => void;

beforeEach(async () => {
  sockets = [];
  clock = new ManualClock();
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', () => socket.write(ANSWER));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  pool = new UpstreamPool({ address: { kind: 'tcp', host: '127.0.0.1', port }, clock });
  stop = () => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  };
});
afterEach(() => {
  pool.close();
  stop();
});

/** One request and its answer. `isSent`: whether the request had gone out whole by then. */
function ask(connection: UpstreamConnection, isSent = true): Promise<void> {
  return new Promise((resolve, reject) => {
    const user: UpstreamUser = {
      onConnected: () => {},
      onAnswerHead: () => {},
      onAnswerBody: () => {},
      onAnswerEnd: () => {
        // After the connection is back in the pool.
        setImmediate(resolve);
        return isSent;
      },
      onAnswerPause: () => {},
      onDrain: () => {},
      onLost: reject,
      onFailure: reject,
    };
    connection.begin(user);
    connection.writeText('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  });
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = systemClock.now() + 5000;
  while (!holds()) {
    expect(systemClock.now()).toBeLessThan(deadline);
    await systemClock.sleep(2);
  }
}

/** So often the pool looks for what was not used. */
const SWEEP_MS = 30_000;

test('a connection serves one request after the other; there are as many as there are at a time', async () => {
  await ask(pool.take());
  await ask(pool.take());
  expect(sockets).toHaveLength(1);
  await Promise.all([ask(pool.take()), ask(pool.take()), ask(pool.take())]);
  expect([sockets.length, pool.idle]).toEqual([3, 3]);
});

test('one that was not used for a while is closed, the others stay', async () => {
  await Promise.all([ask(pool.take()), ask(pool.take())]);
  await clock.advance(SWEEP_MS);
  await ask(pool.take());
  expect(pool.idle).toBe(2);
  await clock.advance(SWEEP_MS);
  expect(pool.idle).toBe(1);
  await until(() => sockets.filter(({ destroyed }) => destroyed).length === 1);
  await clock.advance(SWEEP_MS);
  expect(pool.idle).toBe(0);
});

test('one whose request did not go out whole is not used again', async () => {
  await ask(pool.take(), false);
  expect(pool.idle).toBe(0);
});

test('one that says something unasked, or that the replica ends, is not used again', async () => {
  await Promise.all([ask(pool.take()), ask(pool.take())]);
  sockets[0]?.write(ANSWER);
  sockets[1]?.end();
  await until(() => pool.idle === 0);
});

test('a pool that is closed ends what is idle, and the rest with its answer', async () => {
  await Promise.all([ask(pool.take()), ask(pool.take())]);
  const busy = pool.take();
  const asked = ask(busy);
  pool.close();
  expect(pool.idle).toBe(0);
  await asked;
  expect(pool.idle).toBe(0);
  await until(() => sockets.every(({ destroyed }) => destroyed));
});
