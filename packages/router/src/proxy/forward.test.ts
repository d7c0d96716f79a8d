import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

import { NOT_EXECUTED_HEADER } from '@farled/contract';
import { systemClock } from '@farled/service';
import { afterEach, describe, expect, test } from 'vitest';

import { UpstreamPool } from '../upstream/upstream-pool.ts';
import { Deadlines } from './deadlines.ts';
import { Forward, type Forwarded } from './forward.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) {
    await close();
  }
});

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** A replica as bytes: every connection and what came on it. */
async function bytesReplica(onBytes: (socket: Socket, bytes: string) => void) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => onBytes(socket, chunk.toString()));
  });
  const port = await listen(server);
  closing.push(() => sockets.forEach((socket) => socket.destroy()));
  return { port, sockets };
}

function poolTo(port: number, host = '127.0.0.1'): UpstreamPool {
  const pool = new UpstreamPool({ address: { kind: 'tcp', host, port }, clock: systemClock, connectTimeoutMs: 300 });
  closing.push(() => pool.close());
  return pool;
}

/** What became of one request that is forwarded over this pool; of a body that streams, all of it at once. */
function outcome(
  pool: UpstreamPool,
  options: { beforeForward?: () => void; streamed?: Buffer } = {},
): Promise<Forwarded> {
  const { streamed } = options;
  const held = Buffer.from('{"x": 1}');
  options.beforeForward?.();
  const now = systemClock.now();
  return new Promise((resolve, reject) => {
    const forward = new Forward({
      pool,
      method: 'POST',
      path: '/score',
      headers: '',
      body: streamed === undefined ? { kind: 'held', bytes: held } : { kind: 'streamed', length: streamed.length },
      requestId: 'id',
      now,
      deadline: now + 2000,
      client: { answerHead: () => {}, answerBody: () => true, answerEnd: () => {}, answerFlush: () => {} },
      owner: {
        onBodyWanted: () => {
          forward.sendBody(streamed ?? held);
          forward.endBody();
        },
        onBodyDrain: () => {},
        onForwarded: resolve,
        onFailure: reject,
      },
      clock: systemClock,
      deadlines: new Deadlines(systemClock),
    });
    closing.push(() => forward.cancel());
    forward.start();
  });
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = systemClock.now() + 5000;
  while (!holds()) {
    expect(systemClock.now()).toBeLessThan(deadline);
    await systemClock.sleep(2);
  }
}

const GOOD_BYE = `HTTP/1.1 503 Service Unavailable\r\n${NOT_EXECUTED_HEADER}: draining\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`;
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';

describe('a request that no replica has', () => {
  test('nobody listens: another replica may have it', async () => {
    const { port } = await bytesReplica(() => {});
    await closing.shift()?.();
    expect(await outcome(poolTo(port))).toBe('unreachable');
  });

  test('the address answers nothing at all: the same, after the timeout of a connection', async () => {
    // TEST-NET-1, RFC 5737: leads nowhere, or is said to be unreachable.
    const forwarded = await outcome(poolTo(5001, '192.0.2.1'));
    expect(forwarded).toBe('unreachable');
  });

  test('the kept connection was reset before a byte was written: the same', async () => {
    const replica = await bytesReplica((socket) => socket.write(OK));
    const pool = poolTo(replica.port);
    expect(await outcome(pool)).toBe('answered');
    // In one turn of the event loop: the pool can't have seen the reset when it writes.
    const beforeForward = (): void => void replica.sockets[0]?.resetAndDestroy();
    const forwarded = await outcome(pool, { beforeForward });
    expect(forwarded).toBe('unreachable');
  });

  test('the kept connection was closed and the pool knows: it goes over a new one', async () => {
    const replica = await bytesReplica((socket) => socket.write(OK));
    const pool = poolTo(replica.port);
    expect(await outcome(pool)).toBe('answered');
    replica.sockets[0]?.end();
    await until(() => pool.idle === 0);
    expect(await outcome(pool)).toBe('answered');
    expect(replica.sockets).toHaveLength(2);
  });

  test('the replica said good-bye on the kept connection, and the pool knows: it goes over a new one', async () => {
    const replica = await bytesReplica((socket) => socket.write(OK));
    const pool = poolTo(replica.port);
    expect(await outcome(pool)).toBe('answered');
    replica.sockets[0]?.end(GOOD_BYE);
    await until(() => pool.idle === 0);
    expect(await outcome(pool)).toBe('answered');
  });

  test('the replica said good-bye just when it was written: the same', async () => {
    const replica = await bytesReplica((socket) => socket.write(OK));
    const pool = poolTo(replica.port);
    expect(await outcome(pool)).toBe('answered');
    const beforeForward = (): void => {
      replica.sockets[0]?.removeAllListeners('data').resume();
      replica.sockets[0]?.end(GOOD_BYE);
    };
    expect(await outcome(pool, { beforeForward })).toBe('refused');
  });
});

describe('a request that a replica may have', () => {
  test.each([
    ['closes', (socket: Socket) => void socket.end()],
    ['resets', (socket: Socket) => void socket.resetAndDestroy()],
  ])('and that %s the connection instead of an answer is given to no other', async (_what, end) => {
    let asked = 0;
    const replica = await bytesReplica((socket) => {
      asked += 1;
      if (asked === 1) {
        socket.write(OK);
      } else {
        end(socket);
      }
    });
    const pool = poolTo(replica.port);
    expect(await outcome(pool)).toBe('answered');
    expect(await outcome(pool)).toBe('broken');
    expect(asked).toBe(2);
  });

  test('streamed, and reset half-way, is given to no other', async () => {
    const replica = await bytesReplica((socket) => void socket.resetAndDestroy());
    expect(await outcome(poolTo(replica.port), { streamed: Buffer.alloc(20_000_000) })).toBe('broken');
  });
});
