/** The second port: what the cluster and the other routers ask. Nothing on it is secret, and nothing changes by it. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { RouterStatistics } from '@farled/contract';

import type { Refusal } from '../refusals.ts';

export interface HealthParts {
  /** Whether scoring requests should come here. */
  readonly isReady: () => boolean;
  readonly statistics: () => RouterStatistics;
  readonly findRefusal: (requestId: string) => Refusal | undefined;
}

const REFUSALS = '/refusals/';

export interface HealthServer {
  readonly port: number;
  close(): void;
}

export async function listenHealth(port: number, host: string, parts: HealthParts): Promise<HealthServer> {
  const server: Server = createServer((request, response) => {
    if (request.method === 'GET' || request.method === 'HEAD') {
      answer(request.url ?? '/', response, parts);
    } else {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function answer(url: string, response: ServerResponse, { isReady, statistics, findRefusal }: HealthParts): void {
  if (url === '/healthz') {
    sendText(response, 200, 'Healthy');
  } else if (url === '/readyz') {
    const ready = isReady();
    sendText(response, ready ? 200 : 503, ready ? 'Ready' : 'Not ready: it drains, or has no route table yet');
  } else if (url === '/statistics') {
    sendJson(response, 200, statistics());
  } else if (url.startsWith(REFUSALS)) {
    const refusal = findRefusal(readId(url.slice(REFUSALS.length)));
    sendJson(response, refusal === undefined ? 404 : 200, refusal ?? null);
  } else {
    sendText(response, 404, 'There are /healthz, /readyz, /statistics and /refusals/<request id> here.');
  }
}

function readId(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(text);
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
