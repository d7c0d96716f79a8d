/** A proxy on this machine that leads three hosts of Azure to us, and refuses every other. */
import { createServer } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';

import type { Logger } from '@farled/service';

import { isProxied, PROXIED_NAMES } from './azure-hosts.ts';

export interface ConnectProxyParts {
  /** Takes connections as if they had come to it: it speaks TLS. */
  readonly target: Server;
  /** 0 takes a free one. */
  readonly port: number;
  readonly log: Logger;
}

export interface ConnectProxy extends AsyncDisposable {
  readonly url: string;
}

/** Whoever reaches the proxy gets at our certificate for hosts of others: nobody but this machine. */
const LOOPBACK = '127.0.0.1';
const REFUSED = 'Only for hosts of Azure ML';
const TEXT = `This proxy of Farled is for ${PROXIED_NAMES.join(', ')} on port 443 alone. Name other hosts in NO_PROXY.\n`;

/** @throws Error of Node, EADDRINUSE when the port is taken. */
export async function openConnectProxy({ target, port, log }: ConnectProxyParts): Promise<ConnectProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((_request, response) => {
    response.writeHead(403, REFUSED, { 'content-type': 'text/plain' }).end(TEXT);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('connect', (request, stream, head) => {
    const socket = stream as Socket;
    socket.on('error', () => socket.destroy());
    if (!isProxied(request.url ?? '')) {
      log.debug({ host: request.url }, 'The proxy refused a host');
      const length = Buffer.byteLength(TEXT);
      socket.end(
        `HTTP/1.1 403 ${REFUSED}\r\nContent-Type: text/plain\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${TEXT}`,
      );
      return;
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) {
      socket.unshift(head);
    }
    target.emit('connection', socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, resolve);
  });
  return {
    url: `http://${LOOPBACK}:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) {
          socket.destroy();
        }
      }),
  };
}
