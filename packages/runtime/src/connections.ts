/** The connections of a replica, and their end without a request lost on one of them. */
import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';

import { NOT_EXECUTED_HEADER } from '@farled/contract';
import type { Clock } from '@farled/service';

/**
 * The last words on a connection without a request. A router that sent one meanwhile takes them for its answer, and
 * gives the request to another replica; one that did not closes the connection.
 */
const GOOD_BYE = [
  'HTTP/1.1 503 Service Unavailable',
  `${NOT_EXECUTED_HEADER}: draining`,
  'connection: close',
  'content-length: 0',
  '\r\n',
].join('\r\n');

/** For the other side to close in its turn. */
const LEAVE_MS = 1000;

export class Connections {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Answers that are not complete. */
  readonly #open = new Set<ServerResponse>();
  #isEnding = false;

  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  note(response: ServerResponse): void {
    this.#open.add(response);
    response.once('close', () => this.#open.delete(response));
    if (this.#isEnding) {
      response.setHeader('connection', 'close');
    }
  }

  /** Each connection ends with its next answer, also those whose request is being scored. */
  announceEnd(): void {
    this.#isEnding = true;
    for (const response of this.#open) {
      if (!response.headersSent) {
        response.setHeader('connection', 'close');
      }
    }
  }

  close(clock: Clock): void {
    // Node's own close would end idle connections under a request that is on its way.
    NetServer.prototype.close.call(this.#server);
    const answering = new Set([...this.#open].map(({ socket }) => socket));
    for (const socket of this.#sockets) {
      if (!answering.has(socket)) {
        socket.end(GOOD_BYE);
      }
    }
    clock.after(LEAVE_MS, () => this.#sockets.forEach((socket) => socket.destroy()));
  }
}
