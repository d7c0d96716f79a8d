/** The HTTP application of the compatible API: every route of the list, on one https port. */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';

import { FarledError, parseOrThrow, WorkspacePath } from '@farled/contract';
import { goneSignal, toErrorBody } from '@farled/server';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

import type { CompatibleAnswer } from './answer.ts';
import { type Dialect, tell } from './dialects/dialect.ts';
import type { CompatibleParts } from './parts.ts';
import { instanceRoutes } from './proxy/instance-routes.ts';
import { rewriteLoginPath } from './proxy/login-paths.ts';
import { readForm, readJson } from './read-body.ts';
import type { CompatibleRequest, CompatibleRoute } from './route.ts';
import { compatibleRoutes } from './routes.ts';

/** A connection on which nothing moves is closed. */
const IDLE_MS = 120_000;

export interface CompatibleAppOptions {
  /** PEM, of certificate and key. */
  readonly tls: { readonly cert: string; readonly key: string };
  /** Answers under the hosts of Azure, behind the proxy. */
  readonly forAzureHosts?: boolean;
}

export function buildCompatibleApp(
  parts: CompatibleParts,
  { tls, forAzureHosts = false }: CompatibleAppOptions,
): FastifyInstance {
  const app = fastify({
    rewriteUrl: ({ headers, url = '/' }) => (forAzureHosts ? rewriteLoginPath(headers.host ?? '', url) : url),
    https: { ...tls, minVersion: 'TLSv1.2' },
    connectionTimeout: IDLE_MS,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    // contract 2: names are compared without regard to case, and some clients double a slash.
    routerOptions: {
      caseSensitive: false,
      ignoreDuplicateSlashes: true,
      ignoreTrailingSlash: true,
      maxParamLength: 4096,
    },
    frameworkErrors: (error, request, reply) => {
      void sendError(parts, 'arm', error, request, reply);
    },
  });
  // What a body is, the route says: clients name it as they like.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload));
  app.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request;
    // The pattern, not the address: that may carry a signature.
    const fields = { method, route: routeOptions.url, status: reply.statusCode, ms: reply.elapsedTime };
    parts.log.debug(fields, 'Request answered');
    done();
  });
  app.setErrorHandler((error, request, reply) => sendError(parts, 'arm', error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    const { pathname } = new URL(request.url, 'https://host');
    const error = new FarledError('RouteNotFound', `Farled has no ${request.method} ${pathname}.`, {
      suggestion: 'docs/compatibility.md lists what of Azure ML v1 it answers.',
    });
    return sendError(parts, 'arm', error, request, reply);
  });
  for (const route of [...compatibleRoutes(parts), ...(forAzureHosts ? instanceRoutes() : [])]) {
    app.route({
      method: route.method,
      url: route.path,
      handler: async (request, reply) => {
        try {
          const answer = await route.answer(await read(parts, route, request, reply));
          if (answer.handOver === undefined) {
            return await send(reply, answer);
          }
          await answer.handOver(request.raw, reply.raw);
          return reply.hijack();
        } catch (error) {
          return sendError(parts, route.dialect, error, request, reply);
        }
      },
    });
  }
  return app;
}

async function read(
  { callers }: CompatibleParts,
  route: CompatibleRoute,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<CompatibleRequest> {
  const params = request.params as Readonly<Record<string, string>>;
  const { subscriptionId, resourceGroup, workspace: name } = params;
  const at = { subscriptionId, resourceGroup, workspace: name };
  const caller = route.need === null ? null : await callers.admit(request.headers.authorization, route.need, at);
  const bytes = (request.body as Readable | undefined | null) ?? Readable.from([]);
  return {
    params,
    query: firsts(request.query as Readonly<Record<string, string | readonly string[]>>),
    body: route.body === 'bytes' ? bytes : await (route.body === 'form' ? readForm(bytes) : readJson(bytes)),
    headers: request.headers,
    get workspace() {
      return parseOrThrow(WorkspacePath, at, 'The path');
    },
    caller,
    remoteAddress: request.socket.remoteAddress ?? '',
    signal: goneSignal(reply.raw),
  };
}

/** Of what is said twice, the first. */
function firsts(query: Readonly<Record<string, string | readonly string[]>>): CompatibleRequest['query'] {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, typeof value === 'string' ? value : value[0]]),
  );
}

async function send(reply: FastifyReply, { status, headers = {}, body }: CompatibleAnswer): Promise<FastifyReply> {
  reply.status(status).headers(headers);
  if (body instanceof Uint8Array) {
    return reply.send(body);
  }
  if (body !== null && typeof body === 'object' && Symbol.asyncIterator in body) {
    return reply.send(Readable.from(body as AsyncIterable<Uint8Array>));
  }
  if (typeof body === 'object') {
    reply.header('content-type', 'application/json; charset=utf-8');
    return reply.send(JSON.stringify(body));
  }
  return reply.send(body);
}

function sendError(
  { log }: CompatibleParts,
  dialect: Dialect,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const body = toErrorBody(error);
  const requestId = randomUUID();
  if (body.code === 'InternalError') {
    log.error({ err: error, requestId, route: request.routeOptions.url }, 'Request failed');
  }
  return send(reply, tell(dialect, body, requestId));
}
