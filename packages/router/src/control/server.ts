/** What the router is told and asked, on a socket that only its owner can open. */
import { chmod, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { parseOrThrow, ROUTER_CONTROL, type RouterStatistics, RouteTable } from '@farled/contract';

import type { Refusal } from '../refusals.ts';

export interface ControlParts {
  readonly setTable: (table: RouteTable) => Promise<void>;
  readonly statistics: () => RouterStatistics;
  readonly drain: () => void;
  readonly leave: () => void;
  readonly succeed: (controlPath: string) => Promise<void>;
  readonly findRefusal: (requestId: string) => Refusal | undefined;
}

const REFUSALS = '/refusals/';

export async function listenControl(socketPath: string, parts: ControlParts): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request, response, parts).catch((error: unknown) => {
      response.writeHead(400).end(error instanceof Error ? error.message : '');
    });
  });
  // A socket of a router that was killed; a living one is found by its process before another is started.
  await rm(socketPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  await chmod(socketPath, 0o600);
  return server;
}

async function answer(request: IncomingMessage, response: ServerResponse, parts: ControlParts): Promise<void> {
  const { method, url = '' } = request;
  if (method === 'PUT' && url === ROUTER_CONTROL.table) {
    await parts.setTable(parseOrThrow(RouteTable, JSON.parse(await readText(request)), 'The route table'));
    response.writeHead(204).end();
  } else if (method === 'GET' && url === ROUTER_CONTROL.statistics) {
    sendJson(response, 200, parts.statistics());
  } else if (method === 'POST' && url === ROUTER_CONTROL.drain) {
    // First the deed: who reads the answer may count on it that nothing new is taken.
    parts.drain();
    response.writeHead(202).end();
  } else if (method === 'POST' && url === ROUTER_CONTROL.leave) {
    parts.leave();
    response.writeHead(202).end();
  } else if (method === 'POST' && url === ROUTER_CONTROL.succeed) {
    await parts.succeed(await readText(request));
    response.writeHead(202).end();
  } else if (method === 'GET' && url.startsWith(REFUSALS)) {
    const refusal = parts.findRefusal(decodeURIComponent(url.slice(REFUSALS.length)));
    sendJson(response, refusal === undefined ? 404 : 200, refusal ?? null);
  } else {
    response.writeHead(404).end();
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
