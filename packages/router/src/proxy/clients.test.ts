import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { Handler } from '@farled/http';
import { systemClock } from '@farled/service';
import { describe, expect, test } from 'vitest';

import { ScoringServer } from '../scoring-server.ts';
import { startClient, startProxy, type TestProxyOptions } from '../testing/start-proxy.ts';

const TARGET = '/api/v1/service/test/score';
const post = (body: string, headers = '', target = TARGET): string =>
  `POST ${target} HTTP/1.1\r\nHost: router\r\nContent-Length: ${body.length}\r\n${headers}\r\n${body}`;
const PROBE = 'GET / HTTP/1.1\r\nHost: router\r\nConnection: close\r\n\r\n';
const FAST = { sweepMs: 5 };

async function until(holds: () => boolean): Promise<void> {
  const deadline = systemClock.now() + 10_000;
  while (!holds()) {
    expect(systemClock.now()).toBeLessThan(deadline);
    await systemClock.sleep(2);
  }
}

/** Until the number is above zero and stays what it is. */
async function untilStill(read: () => number): Promise<void> {
  let before = 0;
  for (let same = 0; same < 20;) {
    await systemClock.sleep(10);
    const now = read();
    same = now === before && now > 0 ? same + 1 : 0;
    before = now;
  }
}

/** A replica that answers when it is told to. */
function held(): { readonly waiting: ServerResponse[]; readonly answer: NonNullable<TestProxyOptions['answer']> } {
  const waiting: ServerResponse[] = [];
  return { waiting, answer: (_request, response) => void waiting.push(response) };
}

/** A replica as bytes: what it says to each request, which it does not look at. */
const says =
  (answer: string, then: (socket: Socket) => void = () => {}) =>
  (socket: Socket): void => {
    socket.on('error', () => {});
    socket.on('data', () => {
      socket.write(answer);
      then(socket);
    });
  };

describe('requests that come before the answer to the first', () => {
  test('are answered in order, whoever is ready first', async () => {
    const { waiting, answer } = held();
    await using proxy = await startProxy({ answer });
    const client = await proxy.client();
    client.send(post('a') + post('b', '', '/nowhere') + post('c'));
    await until(() => waiting.length === 1);
    expect(client.received).toBe('');
    waiting[0]?.end('first');
    await until(() => waiting.length === 2);
    waiting[1]?.end('third');
    await client.until(() => client.statuses.length === 3);
    expect(client.statuses).toEqual([200, 404, 200]);
    expect(client.received).toMatch(/first[^]*no page \/nowhere[^]*third$/);
  });

  test('wait unread when they are many, and get their answers all the same', async () => {
    await using proxy = await startProxy();
    const client = await proxy.client();
    client.send(Array.from({ length: 1000 }, (_, index) => post(`${index}`)).join(''));
    await client.until(() => client.statuses.length === 1000);
    expect(proxy.seen.map(({ body }) => Number(body))).toEqual(Array.from({ length: 1000 }, (_, index) => index));
    expect(proxy.statistics()).toMatchObject({ accepted: 1000, answered: 1000, failed: 0, refused: 0, inFlight: 0 });
  });
});

describe('a client that waits to be told to send its body', () => {
  const EXPECTS = 'Expect: 100-continue\r\n';

  test.each([
    ['a small one', 'abc'],
    ['a large one', 'x'.repeat(200_000)],
  ])('is told, and then answered: %s', async (_what, body) => {
    await using proxy = await startProxy();
    const client = await proxy.client();
    const bytes = post(body, EXPECTS);
    client.send(bytes.slice(0, bytes.length - body.length));
    await client.until(() => client.received.endsWith('\r\n\r\n'));
    expect(client.received).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    client.send(body);
    await client.until(() => client.statuses.length === 2);
    expect(client.statuses).toEqual([100, 200]);
    expect(proxy.seen[0]?.body).toBe(body);
    expect(proxy.seen[0]?.headers).not.toHaveProperty('expect');
  });

  test('is told nothing when it does not wait', async () => {
    await using proxy = await startProxy();
    const client = await proxy.client();
    client.send(post('abc', EXPECTS));
    await client.until(() => client.statuses.length === 1);
    expect(client.statuses).toEqual([200]);
  });

  test('is not asked for a body that is not wanted, and can send nothing that would be taken for a request', async () => {
    await using proxy = await startProxy();
    const client = await proxy.client();
    client.send(`POST /nowhere HTTP/1.1\r\nHost: router\r\nContent-Length: 1000\r\n${EXPECTS}\r\n`);
    await client.closed;
    expect(client.statuses).toEqual([404]);
    expect(client.received).toContain('connection: close');
  });
});

describe('a request that is refused', () => {
  test('with a small body leaves the connection in step', async () => {
    await using proxy = await startProxy();
    const client = await proxy.client();
    client.send(post('a'.repeat(1000), '', '/nowhere'));
    await client.until(() => client.statuses.length === 1);
    client.send(post('b'));
    await client.until(() => client.statuses.length === 2);
    expect(client.statuses).toEqual([404, 200]);
  });

  test('with a body that is malformed on top of it is told the first', async () => {
    await using proxy = await startProxy();
    const client = await proxy.client();
    client.send('POST /nowhere HTTP/1.1\r\nHost: router\r\nTransfer-Encoding: chunked\r\n\r\nx');
    await client.closed;
    expect(client.statuses).toEqual([404]);
  });

  test('with a large body is told so while the body is sent', async () => {
    await using proxy = await startProxy();
    const client = await proxy.client();
    client.send(post('a'.repeat(5_000_000), '', '/nowhere'));
    await client.closed;
    expect(client.statuses).toEqual([404]);
    expect(client.received).toContain('connection: close');
  });

  test('for a body in chunks of more than 100 MB, of which the replica does not get the end', async () => {
    await using proxy = await startProxy({ limits: { lingerMs: 50, sweepMs: 5 } });
    const client = await proxy.client();
    client.send(`POST ${TARGET} HTTP/1.1\r\nHost: router\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(1024 * 1024), Buffer.from('\r\n')]);
    for (let index = 0; index < 101; index += 1) {
      client.send(chunk);
    }
    await client.until(() => client.statuses.length === 1);
    expect(client.statuses).toEqual([413]);
    expect(proxy.seen).toEqual([]);
    expect(proxy.statistics()).toMatchObject({ accepted: 1, refused: 1, inFlight: 0 });
  });

  test('for its method, HEAD, is told without a body', async () => {
    await using proxy = await startProxy();
    const client = await proxy.client();
    client.send(`HEAD ${TARGET} HTTP/1.1\r\nHost: router\r\n\r\nHEAD / HTTP/1.1\r\nHost: router\r\n\r\n${PROBE}`);
    await client.closed;
    expect(client.statuses).toEqual([405, 200, 200]);
    expect(client.received.match(/\r\n\r\nH/g)).toHaveLength(3);
    expect(client.received).toMatch(/content-length: 7\r\n\r\nHTTP[^]*\r\n\r\nHealthy$/);
  });
});

test('what follows a request for another protocol is not read as a request', async () => {
  await using proxy = await startProxy();
  const client = await proxy.client();
  client.send(post('a', 'Connection: Upgrade\r\nUpgrade: websocket\r\n') + post('hidden'));
  await client.closed;
  expect(client.statuses).toEqual([200]);
  expect(proxy.seen.map(({ body }) => body)).toEqual(['a']);
});

describe('a client that is slow', () => {
  test('with a head is told so and left', async () => {
    await using proxy = await startProxy({ limits: { headMs: 30, ...FAST } });
    const client = await proxy.client();
    client.send(`POST ${TARGET} HTTP/1.1\r\nHost: router\r\n`);
    await client.closed;
    expect(client.statuses).toEqual([408]);
  });

  test('with a small body is told so, and never counted', async () => {
    await using proxy = await startProxy({ limits: { heldBodyMs: 30, ...FAST } });
    const client = await proxy.client();
    client.send(post('abc').slice(0, -1));
    await client.closed;
    expect(client.statuses).toEqual([408]);
    expect(proxy.statistics()).toMatchObject({ accepted: 0, inFlight: 0 });
  });

  test('with a large body has as long as scoring may take', async () => {
    await using proxy = await startProxy({ route: { scoringTimeoutMs: 50 } });
    const client = await proxy.client();
    client.send(post('a'.repeat(300_000)).slice(0, 100_000));
    await client.closed;
    expect(client.statuses).toEqual([504]);
    expect(proxy.statistics()).toMatchObject({ accepted: 1, failed: 1, inFlight: 0 });
  });

  test('to take its answer is left, and counted', async () => {
    await using proxy = await startProxy({
      limits: { stalledMs: 50, ...FAST },
      answer: (_request, response) => response.end(Buffer.alloc(50_000_000)),
    });
    const client = await proxy.client();
    client.socket.pause();
    client.send(post('a'));
    await until(() => proxy.statistics()?.failed === 1);
    expect(proxy.statistics()).toMatchObject({ accepted: 1, answered: 0, inFlight: 0 });
  });

  test('to ask again is left after the time it was told, without a word', async () => {
    await using proxy = await startProxy({ limits: { keepAliveMs: 1000, ...FAST } });
    const client = await proxy.client();
    client.send(post('a'));
    await client.until(() => client.statuses.length === 1);
    const since = systemClock.now();
    expect(client.received).toContain('keep-alive: timeout=1\r\n');
    await client.closed;
    expect(systemClock.now() - since).toBeGreaterThanOrEqual(999);
    expect(client.statuses).toEqual([200]);
  });
});

describe('a client that goes away', () => {
  test.each([
    ['closes', (socket: Socket) => void socket.destroy()],
    ['resets', (socket: Socket) => void socket.resetAndDestroy()],
    ['ends its side', (socket: Socket) => void socket.end()],
  ])('and %s takes its request from the replica', async (_what, leave) => {
    const { waiting, answer } = held();
    await using proxy = await startProxy({ answer });
    const client = await proxy.client();
    client.send(post('a'));
    await until(() => waiting.length === 1);
    const [response] = waiting;
    leave(client.socket);
    await until(() => response?.destroyed ?? false);
    await until(() => proxy.statistics()?.failed === 1);
    expect(proxy.statistics()).toMatchObject({ accepted: 1, answered: 0, inFlight: 0, queued: 0 });
  });
});

describe('an answer', () => {
  test.each([
    [
      'in chunks',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n2\r\nde\r\n0\r\nX-T: a\r\n\r\n',
      () => {},
    ],
    ['until the end', 'HTTP/1.1 200 OK\r\n\r\nabcde', (socket: Socket) => void socket.end()],
  ])('%s goes on in chunks, and to HTTP/1.0 until the end', async (_what, answer, then) => {
    await using proxy = await startProxy({ onConnection: says(answer, then) });
    const client = await proxy.client();
    client.send(post('a'));
    await client.until(() => client.received.endsWith('0\r\n\r\n'));
    expect(client.received).toContain('transfer-encoding: chunked\r\n');
    expect(client.received.split('\r\n\r\n')[1]?.replaceAll(/\r\n|\d/g, '')).toBe('abcde');
    client.send(PROBE);
    await client.closed;
    expect(client.statuses).toEqual([200, 200]);
    const old = await proxy.client();
    old.send(post('a').replace('HTTP/1.1', 'HTTP/1.0'));
    await old.closed;
    expect(old.received).toMatch(/connection: close\r\n\r\nabcde$/);
  });

  test('keeps a connection of HTTP/1.0 when asked to', async () => {
    await using proxy = await startProxy();
    const client = await proxy.client();
    client.send(post('a', 'Connection: keep-alive\r\n').replace('HTTP/1.1', 'HTTP/1.0'));
    await client.until(() => client.statuses.length === 1);
    client.send(PROBE);
    await client.closed;
    expect(client.statuses).toEqual([200, 200]);
  });

  test('without a body, and one after signs of it, leave the connection in step', async () => {
    const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n';
    await using proxy = await startProxy({ onConnection: says(`${hints}HTTP/1.1 204 No Content\r\n\r\n`) });
    const client = await proxy.client();
    client.send(post('a'));
    await client.until(() => client.statuses.length === 1);
    client.send(PROBE);
    await client.closed;
    expect(client.statuses).toEqual([204, 200]);
    expect(client.received).toMatch(/^HTTP\/1.1 204 No Content\r\ndate: .* GMT\r\n/);
  });

  test.each([
    ['with both lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['with two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na'],
    ['with a bare LF', 'HTTP/1.1 200 OK\nContent-Length: 1\r\n\r\na'],
    ['with a status of two digits', 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n'],
    ['of another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'],
    ['with another version', 'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['that is none', 'hello\r\n\r\n'],
  ])('%s is none', async (_what, answer) => {
    await using proxy = await startProxy({ onConnection: says(answer) });
    const client = await proxy.client();
    client.send(post('a'));
    await client.until(() => client.statuses.length === 1);
    client.send(PROBE);
    await client.closed;
    expect(client.statuses).toEqual([502, 200]);
    expect(proxy.statistics()).toMatchObject({ accepted: 1, failed: 1, inFlight: 0 });
  });

  test('that nobody asked for reaches nobody', async () => {
    let connections = 0;
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na';
    const speak = says(`${answer}${answer.replace(/a$/, 'b')}`);
    await using proxy = await startProxy({
      onConnection: (socket) => {
        connections += 1;
        speak(socket);
      },
    });
    const client = await proxy.client();
    for (let index = 1; index <= 3; index += 1) {
      client.send(post('a'));
      await client.until(() => client.statuses.length === index);
    }
    expect(client.received).not.toMatch(/\r\n\r\nb/);
    expect(connections).toBe(3);
  });

  test('that breaks off breaks off for the client too', async () => {
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc';
    await using proxy = await startProxy({ onConnection: says(answer, (socket) => void socket.end()) });
    const client = await proxy.client();
    client.send(post('a'));
    await client.closed;
    expect(client.received).toMatch(/content-length: 10\r\n\r\nabc$/);
    expect(proxy.statistics()).toMatchObject({ accepted: 1, answered: 0, failed: 1 });
  });

  test('comes before the request is there whole: the connection ends with it', async () => {
    const answer = 'HTTP/1.1 422 Unprocessable Content\r\nContent-Length: 2\r\n\r\nno';
    await using proxy = await startProxy({ onConnection: says(answer) });
    const client = await proxy.client();
    client.send(post('a'.repeat(1_000_000)).slice(0, 1000));
    await client.closed;
    expect(client.statuses).toEqual([422]);
    expect(client.received).toMatch(/connection: close[^]*\r\n\r\nno$/);
    expect(proxy.statistics()).toMatchObject({ accepted: 1, answered: 1, inFlight: 0 });
  });
});

describe('of what is larger than memory should be', () => {
  const SIZE = 60_000_000;
  const BUFFERED = 30_000_000;

  test('an answer waits for a client that does not read', async () => {
    const piece = Buffer.alloc(100_000, 'a');
    let sent = 0;
    await using proxy = await startProxy({
      answer: (_request, response) => {
        const more = (): void => {
          while (sent < SIZE) {
            sent += piece.length;
            if (!response.write(piece)) {
              response.once('drain', more);
              return;
            }
          }
          response.end();
        };
        more();
      },
    });
    const client = await proxy.client();
    client.socket.pause();
    client.send(post('a'));
    await untilStill(() => sent);
    expect(sent).toBeLessThan(BUFFERED);
    client.socket.resume();
    await client.until(() => client.socket.bytesRead > SIZE);
    await client.until(() => client.received.endsWith('0\r\n\r\n'));
  });

  test('a request waits for a replica that does not read', async () => {
    const sockets: Socket[] = [];
    await using proxy = await startProxy({
      route: { scoringTimeoutMs: 60_000 },
      onConnection: (socket) => {
        sockets.push(socket);
        socket.on('error', () => {});
        socket.pause();
      },
    });
    const client = await proxy.client();
    client.send(post('a'.repeat(SIZE)));
    await until(() => sockets.length === 1);
    await untilStill(() => client.socket.writableLength);
    const [socket] = sockets;
    let received = 0;
    socket?.on('data', (chunk: Buffer) => (received += chunk.length));
    expect(client.socket.bytesWritten - client.socket.writableLength).toBeLessThan(BUFFERED);
    socket?.resume();
    await until(() => received > SIZE);
    socket?.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    await client.until(() => client.received.endsWith('ok'));
  });
});

test.each(['open', 'begin', 'onBody', 'onBodyEnd'] as const)(
  'a fault of the router itself, in %s, costs its request an apology, and nobody else anything',
  async (place) => {
    const faults: unknown[] = [];
    let gone = 0;
    const failIn = (here: string): void => {
      if (here === place) {
        throw new Error(`Fault in ${here}`);
      }
    };
    const handler: Handler = {
      failed: (error) => faults.push(error),
      open: () => {
        failIn('open');
        return {
          begin: () => failIn('begin'),
          onBody: () => failIn('onBody'),
          onBodyEnd: () => failIn('onBodyEnd'),
          onAnswerDrain: () => {},
          onGone: () => (gone += 1),
        };
      },
    };
    const server = new ScoringServer({ handler, clock: systemClock });
    const { port } = await server.listen(0, '127.0.0.1');
    const client = await startClient(port);
    client.send(post('a'));
    await client.closed;
    await server.close();
    expect(client.statuses).toEqual([500]);
    expect(faults.map(String)).toEqual([`Error: Fault in ${place}`]);
    expect(gone).toBe(place === 'open' ? 0 : 1);
  },
);

test('a server that leaves ends each connection with its next answer, and idle ones when it closes', async () => {
  await using proxy = await startProxy();
  const [busy, idle] = [await proxy.client(), await proxy.client()];
  busy.send(post('a'));
  await busy.until(() => busy.statuses.length === 1);
  proxy.server.announceLeaving();
  busy.send(post('b'));
  await busy.closed;
  expect(busy.received).toMatch(/connection: keep-alive[^]*connection: close/);
  await Promise.all([proxy.server.close(), idle.closed]);
});
