/** The port for scoring requests, and its two ways to end. */
import { type AddressInfo, createServer, type Server } from 'node:net';

import { ClientConnections, type ClientLimits, type Handler } from '@farled/http';
import type { Clock } from '@farled/service';

import { descriptorOf, listenOn, type PortUse } from './listen.ts';

export interface ScoringServerParts {
  readonly handler: Handler;
  readonly clock: Clock;
  readonly limits?: ClientLimits;
}

export class ScoringServer {
  readonly #server: Server;
  readonly #connections: ClientConnections;
  #closed: Promise<void> | null = null;

  constructor(parts: ScoringServerParts) {
    this.#connections = new ClientConnections(parts);
    // An answer is still written after the client said that it sends no more.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#connections.add(socket));
  }

  async listen(
    port: number,
    host: string,
    use: PortUse = 'alone',
  ): Promise<{ readonly host: string; readonly port: number }> {
    await listenOn(this.#server, { port, host, use });
    const address = this.#server.address() as AddressInfo;
    return { host: address.address, port: address.port };
  }

  /** Of the listening socket, for a successor. */
  get descriptor(): number | undefined {
    return descriptorOf(this.#server);
  }

  get inFlight(): number {
    return this.#connections.inFlight;
  }

  /** From now on every answer ends its connection, also those to requests that are here already. */
  announceLeaving(): void {
    this.#connections.isLeaving = true;
  }

  /** Takes no more connections and closes the idle ones; resolves when the last one is gone. */
  async close(): Promise<void> {
    const closed = this.closeWhenIdle();
    this.announceLeaving();
    this.#connections.closeIdle();
    await closed;
  }

  /**
   * As close, but an idle connection is left for as long as its client was told that it may use it: a request could be
   * on its way.
   */
  closeWhenIdle(): Promise<void> {
    this.#closed ??= new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    return this.#closed;
  }

  /** What is left by then is lost. */
  destroy(): void {
    this.#connections.destroy();
  }
}
