/** The port for scoring requests, and its two ways to end. */
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';

import type { Logger } from '@farled/service';

import type { Proxy } from './proxy/proxy.ts';

/** Told to clients in every answer: an idle connection is not closed earlier. */
export const KEEP_ALIVE_MS = 75_000;

export class ScoringServer {
  readonly #server: Server;
  /** Answers that are not complete. */
  readonly #open = new Set<ServerResponse>();
  #isLeaving = false;

  constructor(parts: { readonly proxy: Proxy; readonly log: Logger }) {
    const answer = answerWith(parts);
    this.#server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 }, (request, response) => {
      this.#open.add(response);
      response.once('close', () => this.#open.delete(response));
      if (this.#isLeaving) {
        response.setHeader('connection', 'close');
      }
      answer(request, response);
    });
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
    return this.#open.size;
  }

  /** From now on every answer ends its connection, also those to requests that are here already. */
  announceLeaving(): void {
    this.#isLeaving = true;
    for (const response of this.#open) {
      if (!response.headersSent) {
        response.setHeader('connection', 'close');
      }
    }
  }

  /** Takes no more connections and closes the idle ones; resolves when the last one is gone. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeIdleConnections();
    });
  }

  /**
   * As close, but an idle connection is left for as long as its client was told that it may use it: a request could be
   * on its way. Node's own close would end it under that request.
   */
  async closeWhenIdle(): Promise<void> {
    await new Promise<void>((resolve) => {
      NetServer.prototype.close.call(this.#server, () => resolve());
    });
  }

  /** What is left by then is lost. */
  destroy(): void {
    this.#server.closeAllConnections();
  }
}

function answerWith({ proxy, log }: { readonly proxy: Proxy; readonly log: Logger }): RequestListener {
  return (request, response) => {
    proxy.answer(request, response).catch((error: unknown) => {
      log.error({ err: error }, 'Request failed');
      if (response.headersSent) {
        response.destroy();
      } else {
        response.writeHead(500, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ message: 'The router failed to answer this request. The cause is in its log.' }));
      }
    });
  };
}
