/** HTTP to one API server: connections, TLS, credentials. One attempt, no judgement of the answer. */
import { isIP } from 'node:net';
import { checkServerIdentity, getCACertificates } from 'node:tls';

import { FarledError } from '@farled/contract';
import type { Clock } from '@farled/service';
import { buildConnector, Pool } from 'undici';
import type { Dispatcher } from 'undici';

import { abortable } from './abortable.ts';
import { authorizationOf } from './authorization.ts';
import { requestTarget } from './call.ts';
import type { Call } from './call.ts';
import type { Connection } from './connection.ts';

export type RawAnswer = Dispatcher.ResponseData;

export interface Transport extends AsyncDisposable {
  readonly connection: Connection;
  /**
   * Resolves with the answer's head. A `stream` has a connection of its own and no limit to its size; the rest share a
   * few connections. Rejects with the signal's reason at once, in whatever state the connection is.
   */
  send(call: Call, options: { readonly stream: boolean; readonly signal: AbortSignal }): Promise<RawAnswer>;
  /** The API server refused the credential; true when another try would use a newer one. */
  refused(): boolean;
}

/** How many short requests are under way at once: the rest wait here rather than in the API server's queues. */
const CONNECTIONS = 16;
const CONNECT_TIMEOUT_MS = 10_000;
/** Less than the 90 s after which an API server closes idle connections. */
const KEEP_ALIVE_MS = 30_000;
/** With the probes each second after it, a peer that vanished is noticed within half a minute. */
const PROBE_AFTER_MS = 15_000;
const LARGEST_ANSWER = 128 * 1024 * 1024;

/** @throws FarledError BadArgument when a credential would go over the network in clear. */
export function openTransport(connection: Connection, { clock }: { readonly clock: Clock }): Transport {
  const address = new URL(connection.server);
  refuseClearText(address, connection);
  const authorization = authorizationOf(connection.credential, clock);
  const options = { connect: connector(connection), headersTimeout: 0, bodyTimeout: 0, allowH2: false };
  const short = new Pool(address.origin, {
    ...options,
    connections: CONNECTIONS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxResponseSize: LARGEST_ANSWER,
  });
  const streams = new Pool(address.origin, { ...options, keepAliveTimeout: KEEP_ALIVE_MS });
  const prefix = address.pathname.replace(/\/+$/, '');
  return {
    connection,
    async send(call, { stream, signal }) {
      const header = await authorization.header();
      signal.throwIfAborted();
      // undici looks at a request's signal only once it has a connection for it, which may take a while.
      return abortable(
        (stream ? streams : short).request({
          method: call.method,
          path: requestTarget(prefix, call),
          headers: {
            accept: stream ? '*/*' : 'application/json',
            'user-agent': 'farled',
            ...(call.body === undefined ? {} : { 'content-type': call.body.type }),
            ...(header === undefined ? {} : { authorization: header }),
          },
          ...(call.body === undefined ? {} : { body: JSON.stringify(call.body.value) }),
          signal,
        }),
        signal,
      );
    },
    refused: () => authorization.refused(),
    async [Symbol.asyncDispose]() {
      await Promise.all([short.destroy(), streams.destroy()]);
    },
  };
}

function connector({
  certificateAuthority,
  skipTlsVerify,
  tlsServerName,
  credential,
}: Connection): buildConnector.connector {
  // An address is checked as a name is, but can't be asked for in TLS.
  const address = tlsServerName !== null && isIP(tlsServerName) !== 0 ? tlsServerName : null;
  const connect = buildConnector({
    allowH2: false,
    ca: certificateAuthority ?? systemAuthorities(),
    rejectUnauthorized: !skipTlsVerify,
    timeout: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelay: PROBE_AFTER_MS,
    ...(address === null
      ? {}
      : { checkServerIdentity: (_host, certificate) => checkServerIdentity(address, certificate) }),
    ...(credential.kind === 'certificate' ? { cert: credential.certificate, key: credential.key } : {}),
  });
  // undici would check the name in the address, not the one that was asked for.
  return (options, callback) =>
    connect(tlsServerName === null || address !== null ? options : { ...options, servername: tlsServerName }, callback);
}

/** Node trusts a list of its own; what an administrator added to the system counts as well. */
function systemAuthorities(): string[] {
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
}

function refuseClearText(address: URL, { credential }: Connection): void {
  const local = ['127.0.0.1', '[::1]', 'localhost'].includes(address.hostname);
  if (address.protocol !== 'https:' && !local && credential.kind !== 'none') {
    throw new FarledError('BadArgument', `The API server's address, ${address.origin}, is not https.`, {
      suggestion: 'Credentials are not sent in clear: use an address that begins with https://.',
    });
  }
}
