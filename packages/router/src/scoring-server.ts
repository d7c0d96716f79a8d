/** The port for scoring requests, in the clear or over TLS, and its two ways to end. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

import { ClientConnections, type ClientLimits, type Handler } from '@farled/http';
import type { Clock } from '@farled/service';

import { descriptorOf, listenOn, type PortUse } from './listen.ts';
import type { CertificateFiles } from './tls/certificate-files.ts';
import { createTlsServer } from './tls/tls-server.ts';

export interface ScoringServerParts {
  readonly handler: Handler;
  readonly clock: Clock;
  readonly limits?: ClientLimits;
  /** With them, TLS is spoken, and nothing else. */
  readonly certificates?: CertificateFiles | undefined;
}

export class ScoringServer {
  readonly #server: Server;
  readonly #connections: ClientConnections;
  #closed: Promise<void> | null = null;
  /** Over TLS: also those that are no connections of clients yet. */
  readonly #sockets = new Set<Socket>();

  constructor(parts: ScoringServerParts) {
    const connections = new ClientConnections(parts);
    this.#connections = connections;
    // An answer is still written after the client said that it sends no more.
    const options = { allowHalfOpen: true, noDelay: true };
    if (parts.certificates === undefined) {
      this.#server = createServer(options, (socket) => connections.add(socket));
    } else {
      this.#server = createTlsServer(options, parts.certificates, connections);
      this.#server.on('connection', (socket: Socket) => {
        this.#sockets.add(socket);
        socket.once('close', () => this.#sockets.delete(socket));
      });
    }
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

  get connections(): number {
    return this.#connections.size;
  }

  get inFlight(): number {
    return this.#connections.inFlight;
  }

  /** From now on every answer ends its connection, also those to requests that are here already. */
  announceLeaving(): void {
    this.#connections.announceLeaving();
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
    this.#sockets.forEach((socket) => socket.destroy());
  }
}
