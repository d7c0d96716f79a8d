/** The HTTP application: every route of the contract, registered from its data. */
import { Readable } from 'node:stream';

import { BYTES, FarledError, needOf, PREFIX, type Route, routes, type ScopeReference } from '@farled/contract';
import type { AdmittedCaller } from '@farled/identity';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

import { toErrorBody } from './errors.ts';
import { goneSignal } from './gone-signal.ts';
import type { Download, RequestContext } from './handler.ts';
import { createHandlers } from './handlers/index.ts';
import { openApiDocument } from './openapi.ts';
import type { AppParts } from './parts.ts';
import { checkInput, type GivenInput } from './route-input.ts';

/** The largest JSON body: a manifest of 100,000 files takes about 20 MB. */
const BODY_LIMIT = 32 * 1024 * 1024;
/** A connection on which nothing moves is closed; the longest wait that a route knows is 30 s. */
const IDLE_MS = 120_000;

const ALL: readonly Route[] = Object.values(routes).flatMap((group): Route[] => Object.values(group));

type AnyHandler = (input: unknown, context: RequestContext) => Promise<readonly [number, unknown?]>;

export function buildApp(parts: AppParts): FastifyInstance {
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    connectionTimeout: IDLE_MS,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 2048 },
    frameworkErrors: (error, _request, reply) => {
      void sendError(parts, error, reply);
    },
  });
  const admitted = new WeakMap<FastifyRequest, AdmittedCaller>();
  const handlers = createHandlers(parts) as unknown as Readonly<Record<string, AnyHandler>>;

  app.setErrorHandler((error, _request, reply) => sendError(parts, error, reply));
  app.setNotFoundHandler((request, reply) => sendError(parts, notFound(request), reply));
  const document = openApiDocument(ALL, parts.version);
  app.get(`${PREFIX}/openapi.json`, (_request, reply) => reply.send(document));

  const register = (scope: FastifyInstance, one: Route): void => {
    const handler = handlers[one.operationId];
    if (handler === undefined) {
      throw new Error(`Route ${one.operationId} has no handler`);
    }
    scope.route({
      method: one.method,
      url: `${PREFIX}${one.path}`,
      onRequest: async (request) => {
        if (one.open !== true) {
          const at = request.params as ScopeReference;
          admitted.set(request, await parts.callers.admit(request.headers.authorization, needOf(one), at));
        }
      },
      handler: async (request, reply) => {
        const context = { signal: goneSignal(reply.raw), caller: admitted.get(request) };
        const [status, body] = await handler(inputOf(one, request), context);
        return one.responses[status] === BYTES
          ? sendBytes(reply, body as Download)
          : reply.status(status).send(body ?? null);
      },
    });
  };
  for (const one of ALL.filter(({ body }) => body !== BYTES)) {
    register(app, one);
  }
  // In a scope of their own: here no content type is parsed, whatever it is called.
  app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload));
    for (const one of ALL.filter(({ body }) => body === BYTES)) {
      register(scope, one);
    }
    done();
  });
  return app;
}

function inputOf(one: Route, { params, query, body }: FastifyRequest): GivenInput {
  return checkInput(one, { params, query, body: one.body === BYTES ? (body ?? Readable.from([])) : body });
}

function sendBytes(reply: FastifyReply, { bytes, size }: Download): FastifyReply {
  return reply
    .status(200)
    .header('content-type', 'application/octet-stream')
    .headers(size === undefined ? {} : { 'content-length': size })
    .send(Readable.from(bytes));
}

function sendError({ log }: AppParts, error: unknown, reply: FastifyReply): FastifyReply {
  const body = toErrorBody(error);
  if (body.code === 'InternalError') {
    log.error({ err: error }, 'Request failed');
  }
  return reply.status(body.statusCode).send(body);
}

const PATTERNS = ALL.map((one) => ({
  method: one.method,
  pattern: new RegExp(`^${PREFIX}${one.path.replaceAll(/:[A-Za-z0-9]+/g, '[^/]+')}$`),
}));

function notFound({ method, url }: FastifyRequest): FarledError {
  const path = url.split('?', 1)[0] ?? '';
  const others = PATTERNS.filter(({ pattern }) => pattern.test(path)).map((one) => one.method);
  if (others.length > 0) {
    return new FarledError('MethodNotAllowed', `${method} is not a method of ${path}.`, {
      suggestion: `Use ${[...new Set(others)].join(', ')}.`,
    });
  }
  return new FarledError('RouteNotFound', `There is no route ${method} ${path}.`, {
    suggestion: `The routes are listed at ${PREFIX}/openapi.json.`,
  });
}
