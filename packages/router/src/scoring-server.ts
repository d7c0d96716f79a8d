/** The port for scoring requests, and its two ways to end. */
import { type AddressInfo, createServer, type Server } from 'node:net';

import { ClientConnections, type ClientLimits, type Handler } from '@farled/http';
import type { Clock } from '@farled/service';

export interface ScoringServerParts {
  readonly handler: Handler;
  readonly clock: Clock;
  readonly limits?: ClientLimits;
}

export class ScoringServer {
  readonly #server: Server;
  readonly #connections: ClientConnections;

  constructor(parts: ScoringServerParts) {
    this.#connections = new ClientConnections(parts);
    // An answer is still written after the client said that it sends no more.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#connections.add(socket));
  }

  async listen(port: number, host: string): Promise<{ readonly host: string; readonly port: number }> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
    const address = this.#server.address() as AddressInfo;
    return { host: address.address, port: address.port };
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
  async closeWhenIdle(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  /** What is left by then is lost. */
  destroy(): void {
    this.#connections.destroy();
  }
}
