/** A registry's uploads by the letter of the specification: what arrived before a break is kept, and told. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface UploadServer {
  readonly host: string;
  /** By digest. */
  readonly blobs: Map<string, Buffer>;
  /** `PATCH 5-9` and the like, in order. */
  readonly requests: string[];
  /** The next answers, in place of the real ones. */
  readonly answers: { status: number; headers?: Record<string, string> }[];
  /** Longer requests are refused with 413. */
  maximumBody: number;
  stop(): Promise<void>;
}

export async function startUploadServer(): Promise<UploadServer> {
  const blobs = new Map<string, Buffer>();
  const requests: string[] = [];
  const answers: UploadServer['answers'] = [];
  let received: Buffer[] = [];
  const size = (): number => received.reduce((sum, { length }) => sum + length, 0);
  let writer: IncomingMessage;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname === '/v2/') {
      response.end();
      return;
    }
    requests.push([request.method, request.headers['content-range']].filter(Boolean).join(' '));
    const said = answers.shift();
    const length = Number(request.headers['content-length'] ?? 0);
    if (said !== undefined || length > state.maximumBody) {
      request.resume();
      request.on('end', () => response.writeHead(said?.status ?? 413, said?.headers).end());
      return;
    }
    const respond = (status: number): void => {
      const range = size() === 0 ? {} : { range: `0-${size() - 1}` };
      response.writeHead(status, { location: `/v2/a/blobs/uploads/${size()}`, ...range }).end();
    };
    if (request.method === 'HEAD') {
      response.writeHead(blobs.has(url.pathname.split('/').at(-1) ?? '') ? 200 : 404).end();
    } else if (request.method === 'POST') {
      received = [];
      respond(202);
    } else {
      // Kept as it comes, so that it is there when the connection breaks.
      // Of a connection that is given up, nothing more counts once the next has begun.
      writer = request;
      request.on('data', (chunk: Buffer) => {
        if (writer === request) {
          received.push(chunk);
        }
      });
      request.on('end', () => {
        const digest = url.searchParams.get('digest');
        if (request.method !== 'PUT' || digest === null) {
          respond(request.method === 'GET' ? 204 : 202);
          return;
        }
        const whole = Buffer.concat(received);
        const right = digest === `sha256:${createHash('sha256').update(whole).digest('hex')}`;
        if (right) {
          blobs.set(digest, whole);
        }
        response
          .writeHead(right ? 201 : 400)
          .end(right ? '' : '{"errors":[{"code":"DIGEST_INVALID","message":"wrong"}]}');
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const state: UploadServer = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    blobs,
    requests,
    answers,
    maximumBody: Infinity,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return state;
}
