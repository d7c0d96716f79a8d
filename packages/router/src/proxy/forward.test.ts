import { once } from 'node:events';
import { createServer as createHttpServer, request as httpRequest } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

import { NOT_EXECUTED_HEADER } from '@farled/contract';
import { systemClock } from '@farled/service';
import { Pool } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';

import { takeBody } from './body.ts';
import { forward, type Forwarded } from './forward.ts';

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

function poolTo(port: number, host = '127.0.0.1'): Pool {
  const pool = new Pool(`http://${host}:${port}`, { connections: 1, connect: { timeout: 300 } });
  closing.push(() => pool.destroy());
  return pool;
}

/** What became of one request that a client sent to a router which forwards it to this pool. */
async function outcome(pool: Pool, options: { beforeForward?: () => void; body?: string } = {}): Promise<Forwarded> {
  const done = Promise.withResolvers<Forwarded>();
  const router = createHttpServer((request, response) => {
    void (async () => {
      const body = await takeBody(request);
      options.beforeForward?.();
      const forwarded = await forward({
        pool,
        request,
        response,
        path: '/score',
        body,
        requestId: 'id',
        timeoutMs: 2000,
        clock: systemClock,
      });
      if (!response.headersSent) {
        response.end();
      }
      done.resolve(forwarded);
    })().catch(done.reject);
  });
  const port = await listen(router);
  const client = httpRequest({ port, host: '127.0.0.1', method: 'POST', agent: false });
  client.on('error', () => {});
  client.on('response', (response) => response.resume());
  client.end(options.body ?? '{"x": 1}');
  return done.promise;
}

const GOOD_BYE = `HTTP/1.1 503 Service Unavailable\r\n${NOT_EXECUTED_HEADER}: draining\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`;
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';

describe('a request that no replica has', () => {
  test('nobody listens: another replica may have it', async () => {
    const { port } = await bytesReplica(() => {});
    await closing.shift()?.();
    expect(await outcome(poolTo(port))).toEqual({ outcome: 'notExecuted', by: 'connection' });
  });

  test('the address answers nothing at all: the same, after the timeout of a connection', async () => {
    // TEST-NET-1, RFC 5737: leads nowhere, or is said to be unreachable.
    const forwarded = await outcome(poolTo(5001, '192.0.2.1'));
    expect(forwarded).toEqual({ outcome: 'notExecuted', by: 'connection' });
  });

  test('the kept connection was reset before a byte was written: the same', async () => {
    const replica = await bytesReplica((socket) => socket.write(OK));
    const pool = poolTo(replica.port);
    expect(await outcome(pool)).toEqual({ outcome: 'answered' });
    // In one turn of the event loop: the pool can't have seen the reset when it writes.
    const beforeForward = (): void => void replica.sockets[0]?.resetAndDestroy();
    const forwarded = await outcome(pool, { beforeForward });
    expect(forwarded).toEqual({ outcome: 'notExecuted', by: 'connection' });
  });

  test('the kept connection was closed and the pool knows: it goes over a new one', async () => {
    const replica = await bytesReplica((socket) => socket.write(OK));
    const pool = poolTo(replica.port);
    expect(await outcome(pool)).toEqual({ outcome: 'answered' });
    const disconnected = once(pool, 'disconnect');
    replica.sockets[0]?.end();
    await disconnected;
    expect(await outcome(pool)).toEqual({ outcome: 'answered' });
    expect(replica.sockets).toHaveLength(2);
  });

  test('the replica said good-bye on the kept connection, and the pool knows: it goes over a new one', async () => {
    const replica = await bytesReplica((socket) => socket.write(OK));
    const pool = poolTo(replica.port);
    expect(await outcome(pool)).toEqual({ outcome: 'answered' });
    const disconnected = once(pool, 'disconnect');
    replica.sockets[0]?.end(GOOD_BYE);
    await disconnected;
    expect(await outcome(pool)).toEqual({ outcome: 'answered' });
  });

  test('the replica said good-bye just when it was written: the same', async () => {
    const replica = await bytesReplica((socket) => socket.write(OK));
    const pool = poolTo(replica.port);
    expect(await outcome(pool)).toEqual({ outcome: 'answered' });
    const beforeForward = (): void => {
      replica.sockets[0]?.removeAllListeners('data').resume();
      replica.sockets[0]?.end(GOOD_BYE);
    };
    expect(await outcome(pool, { beforeForward })).toEqual({ outcome: 'notExecuted', by: 'refusal' });
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
    expect(await outcome(pool)).toEqual({ outcome: 'answered' });
    expect(await outcome(pool)).toEqual({ outcome: 'broken' });
    expect(asked).toBe(2);
  });

  test('streamed, and reset half-way, is given to no other', async () => {
    const replica = await bytesReplica((socket) => void socket.resetAndDestroy());
    expect(await outcome(poolTo(replica.port), { body: 'x'.repeat(20_000_000) })).toEqual({ outcome: 'broken' });
  });
});
