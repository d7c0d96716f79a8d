/** All connections of clients, and what they share. */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

import type { Cancel, Clock } from '@farled/service';

import { MessageReader } from '../http1/message-reader.ts';
import { RequestHead } from '../http1/request-head.ts';
import { Http2Connection } from '../http2/http2-connection.ts';
import { keepAlive } from './answers.ts';
import { ClientConnection } from './client-connection.ts';
import type { Connection } from './client.ts';
import type { Handler } from './exchange.ts';
import { CLIENT_LIMITS, type ClientLimits } from './limits.ts';

/** Readers that wait for work: an idle connection has none, so that ten thousand of them are small. */
const MOST_READERS = 256;

export class ClientConnections {
  readonly handler: Handler;
  readonly limits: ClientLimits;
  readonly keepAliveLines: string;
  /** Milliseconds since the epoch, as of the last sweep: near enough for limits of seconds. */
  now: number;
  readonly #clock: Clock;
  readonly #connections = new Set<Connection>();
  readonly #readers: MessageReader<RequestHead>[] = [];
  #cancelSweep: Cancel | null = null;
  #isLeaving = false;

  constructor(parts: { readonly handler: Handler; readonly clock: Clock; readonly limits?: ClientLimits }) {
    this.handler = parts.handler;
    this.limits = parts.limits ?? CLIENT_LIMITS;
    this.keepAliveLines = keepAlive(this.limits.keepAliveMs);
    this.#clock = parts.clock;
    this.now = parts.clock.now();
  }

  /** The time after which so much has passed for sure. */
  after(milliseconds: number): number {
    return this.now + this.limits.sweepMs + milliseconds;
  }

  /** Every answer from now on ends its connection. */
  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  announceLeaving(): void {
    this.#isLeaving = true;
    this.#connections.forEach((connection) => connection.announceLeaving());
  }

  /** @param socket on which HTTP/1.1 is spoken. */
  add(socket: Socket): void {
    this.#startSweeping();
    this.#connections.add(new ClientConnection(socket, this));
  }

  /** @param socket on which HTTP/2 was agreed upon. */
  addHttp2(socket: TLSSocket): void {
    this.#startSweeping();
    this.#connections.add(new Http2Connection(socket, this));
  }

  remove(connection: Connection): void {
    this.#connections.delete(connection);
  }

  get size(): number {
    return this.#connections.size;
  }

  /** How many requests are not answered yet. */
  get inFlight(): number {
    let count = 0;
    for (const connection of this.#connections) {
      count += connection.inFlight;
    }
    return count;
  }

  /** `words`: an answer to a request that may be on its way. */
  closeIdle(words = ''): void {
    this.#connections.forEach((connection) => connection.closeIfIdle(words));
  }

  destroy(): void {
    this.#connections.forEach((connection) => connection.destroy());
  }

  takeReader(): MessageReader<RequestHead> {
    return this.#readers.pop() ?? new MessageReader(new RequestHead());
  }

  giveReader(reader: MessageReader<RequestHead>): void {
    if (this.#readers.length < MOST_READERS) {
      reader.reset();
      this.#readers.push(reader);
    }
  }

  #startSweeping(): void {
    if (this.#cancelSweep === null) {
      this.#sweep();
    }
  }

  /** Goes on for as long as there is a connection. */
  #sweep(): void {
    this.now = this.#clock.now();
    this.#connections.forEach((connection) => connection.enforce(this.now));
    this.#cancelSweep = this.#clock.after(this.limits.sweepMs, () => {
      this.#cancelSweep = null;
      if (this.#connections.size > 0) {
        this.#sweep();
      }
    });
  }
}
