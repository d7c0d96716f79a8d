/** A peer that speaks HTTP as an API server does, or as none should: what it answers is up to the test. */
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

import type { Connection } from '../connection.ts';

export interface WireRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface WireServer extends AsyncDisposable {
  readonly requests: readonly WireRequest[];
  readonly connection: Connection;
}

export interface WireOptions {
  readonly port?: number;
  /** With `ca`, only clients that have a certificate of it are let in. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
}

export type Answering = (request: WireRequest, response: ServerResponse, count: number) => void;

/** `answer` gets each request, and how many came before it. */
export async function startWireServer(answer: Answering, { port = 0, tls }: WireOptions = {}): Promise<WireServer> {
  const requests: WireRequest[] = [];
  const listener: RequestListener = (incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const request = {
        method: incoming.method ?? '',
        url: new URL(incoming.url ?? '/', 'http://wire'),
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      requests.push(request);
      answer(request, response, requests.length - 1);
    });
  };
  const server =
    tls === undefined
      ? createServer(listener)
      : createTlsServer({ ...tls, requestCert: tls.ca !== undefined }, listener);
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    requests,
    connection: {
      server: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
      certificateAuthority: null,
      skipTlsVerify: false,
      tlsServerName: null,
      credential: { kind: 'none' },
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

export function answerJson(response: ServerResponse, value: unknown, status = 200, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

export function answerStatus(
  response: ServerResponse,
  status: number,
  reason: string,
  more: { readonly message?: string; readonly details?: unknown; readonly headers?: Record<string, string> } = {},
): void {
  const { headers, ...rest } = more;
  answerJson(
    response,
    { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code: status, ...rest },
    status,
    headers,
  );
}
