import { once } from 'node:events';
import { request } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

import { silentLogger } from '@farled/service';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { type ConnectProxy, openConnectProxy } from './connect-proxy.ts';

/** Never listens: it gets connections from the proxy alone. */
const target = createServer((socket) => socket.end('reached'));
let proxy: ConnectProxy;

beforeEach(async () => {
  proxy = await openConnectProxy({ target, port: 0, log: silentLogger });
});
afterEach(() => proxy[Symbol.asyncDispose]());

async function ask(method: string, path: string): Promise<{ status: number | undefined; said: string }> {
  const { hostname, port } = new URL(proxy.url);
  const sent = request({ hostname, port, method, path });
  sent.end();
  if (method !== 'CONNECT') {
    const [response] = await once(sent, 'response');
    return { status: response.statusCode, said: await text(response) };
  }
  const [response, socket, head] = (await once(sent, 'connect')) as [{ statusCode?: number }, Socket, Buffer];
  return { status: response.statusCode, said: head.toString() + (await text(socket)) };
}

test('listens on this machine alone', () => {
  expect(proxy.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test('leads a host of Azure to us', async () => {
  expect(await ask('CONNECT', 'management.azure.com:443')).toEqual({ status: 200, said: 'reached' });
});

test('refuses every other host in words, and says what to do', async () => {
  const { status, said } = await ask('CONNECT', 'pypi.org:443');
  expect(status).toBe(403);
  expect(said).toContain('NO_PROXY');
});

test('is no proxy for plain http', async () => {
  const { status, said } = await ask('GET', 'http://management.azure.com/');
  expect(status).toBe(403);
  expect(said).toContain('NO_PROXY');
});

test('ends with connections open', async () => {
  const quiet = createServer();
  const held = await openConnectProxy({ target: quiet, port: 0, log: silentLogger });
  const { hostname, port } = new URL(held.url);
  const sent = request({ hostname, port, method: 'CONNECT', path: 'management.azure.com:443' });
  sent.end();
  const [, socket] = (await once(sent, 'connect')) as [unknown, Socket];
  socket.on('error', () => undefined);
  socket.resume();
  const closed = once(socket, 'close');
  await held[Symbol.asyncDispose]();
  await closed;
  expect(socket.destroyed).toBe(true);
});
