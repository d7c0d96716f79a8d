/** Where a registry is spoken to: TLS, except where plain HTTP is good enough and TLS is not spoken. */
import type { Dispatcher } from 'undici';

import { codeOf } from './failure.ts';
import { apiHost } from './reference.ts';
import { mayUsePlainHttp } from './transport-security.ts';

const PROBE_MS = 15_000;

export class Origins {
  readonly #dispatcher: Dispatcher;
  readonly #insecureHosts: ReadonlySet<string>;
  readonly #found = new Map<string, Promise<string>>();

  constructor(dispatcher: Dispatcher, insecureHosts: ReadonlySet<string>) {
    this.#dispatcher = dispatcher;
    this.#insecureHosts = insecureHosts;
  }

  /** Of a host as it is in references. */
  async of(name: string): Promise<string> {
    const host = apiHost(name);
    if (!mayUsePlainHttp(host, this.#insecureHosts)) {
      return `https://${host}`;
    }
    const known = this.#found.get(host);
    if (known !== undefined) {
      return known;
    }
    const found = this.#probe(host);
    this.#found.set(host, found);
    return found;
  }

  /** Shared by all who ask meanwhile, and so not stopped by one of them. */
  async #probe(host: string): Promise<string> {
    const [secure, plain] = [`https://${host}`, `http://${host}`];
    const signal = AbortSignal.timeout(PROBE_MS);
    try {
      const { body } = await this.#dispatcher.request({ origin: secure, path: '/v2/', method: 'GET', signal });
      await body.dump();
      return secure;
    } catch (error) {
      if (speaksNoTls(error)) {
        return plain;
      }
      // Nothing is known yet: the real request meets what is there and tells of it, the next one looks again.
      this.#found.delete(host);
      return codeOf(error) === 'ECONNREFUSED' ? plain : secure;
    }
  }
}

function speaksNoTls(error: unknown): boolean {
  // Refused: nothing listens where TLS would be.
  return (
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'EPROTO', 'ECONNREFUSED'].includes(
      codeOf(error),
    ) || /wrong version number|packet length too long/.test((error as Error).message)
  );
}
