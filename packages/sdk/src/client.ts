/** A typed client of every route in the contract. Runs in Node and in browsers. */
import {
  BYTES,
  detailsFromIssues,
  FarledError,
  isFarledError,
  parseOrThrow,
  PREFIX,
  type Route,
  type RouteArguments,
  type RouteOutput,
} from '@farled/contract';

import { type Clock, systemClock } from './clock.ts';
import { retryDelay } from './retry.ts';
import { errorFromResponse, exchange, type Fetch, origin, parseJson, retryAfterMs } from './transport.ts';

/** Bytes to send; a Blob (in Node: `fs.openAsBlob`) is streamed and can be sent again. */
export type UploadBody = Blob | Uint8Array<ArrayBuffer>;

type Given<Name extends string, Value> = [Value] extends [undefined]
  ? unknown
  : object extends Value
    ? { readonly [Key in Name]?: Value }
    : { readonly [Key in Name]: Value };

export type CallInput<R extends Route> = Given<'params', RouteArguments<R>['params']> &
  Given<'query', RouteArguments<R>['query']> &
  Given<'body', R['body'] extends typeof BYTES ? UploadBody : RouteArguments<R>['body']> & {
    readonly signal?: AbortSignal | undefined;
    /** How many times a request that may be repeated is sent before its failure stands. */
    readonly attempts?: number;
  };

export interface Client {
  /** Address of the server, without a path. */
  readonly url: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** @throws FarledError with the server's code, or ConnectionFailed when there is none. */
  call<const R extends Route>(route: R, input: CallInput<R>): Promise<RouteOutput<R>>;
}

export interface ClientOptions {
  readonly url: string;
  readonly token?: string | undefined;
  readonly fetch?: Fetch;
  readonly clock?: Clock;
  /** Milliseconds that an answer may take, 60,000 by default; uploads and downloads have no such limit. */
  readonly timeoutMs?: number;
}

interface LooseInput {
  readonly params?: Record<string, unknown>;
  readonly query?: Record<string, unknown>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly attempts?: number;
}

const ATTEMPTS = 4;

export function createClient(options: ClientOptions): Client {
  const { url, token, fetch = globalThis.fetch, clock = systemClock, timeoutMs = 60_000 } = options;
  const base = checkedUrl(url);

  const send = (route: Route, input: LooseInput): Promise<Response> => {
    const bytes = route.body === BYTES || Object.values(route.responses).includes(BYTES);
    const body = input.body === undefined ? undefined : route.body === BYTES ? input.body : JSON.stringify(input.body);
    return exchange(fetch, {
      url: `${base}${PREFIX}${fillPath(route, input.params ?? {})}${queryString(input.query ?? {})}`,
      method: route.method,
      headers: {
        accept: 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined
          ? {}
          : { 'content-type': route.body === BYTES ? 'application/octet-stream' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: body as UploadBody | string }),
      timeoutMs: bytes ? undefined : timeoutMs,
      signal: input.signal,
    });
  };

  const call = async (route: Route, input: LooseInput): Promise<unknown> => {
    for (let number = 1; ; number += 1) {
      let response: Response | undefined;
      try {
        response = await send(route, input);
        return await readAnswer(route, response, base);
      } catch (error) {
        const delay = retryDelay({
          number,
          allowed: input.attempts ?? ATTEMPTS,
          repeatable: isRepeatable(route, input),
          error,
          retryAfterMs: response === undefined ? undefined : retryAfterMs(response),
        });
        if (delay === undefined) {
          throw error;
        }
        await clock.sleep(delay, input.signal);
      }
    }
  };
  return { url: base, fetch, clock, call: call as Client['call'] };
}

/** Idempotent routes, and requests whose operation id makes the server start nothing twice. */
function isRepeatable(route: Route, input: LooseInput): boolean {
  const body = input.body as { operationId?: unknown } | undefined;
  return route.idempotent || input.query?.['operationId'] !== undefined || body?.operationId !== undefined;
}

async function readAnswer(route: Route, response: Response, base: string): Promise<unknown> {
  const schema = route.responses[response.status];
  if (schema === undefined) {
    throw await errorFromResponse(response, base);
  }
  if (schema === null) {
    await response.body?.cancel();
    return undefined;
  }
  if (schema === BYTES) {
    return response.body ?? new Blob([]).stream();
  }
  const text = await readText(response, base);
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new FarledError(
      'ConnectionFailed',
      `${origin(base)} gave an answer to ${route.operationId} that is not of this API.`,
      {
        suggestion: 'Use versions of the client and of the server that belong together.',
        details: detailsFromIssues(parsed.error.issues),
      },
    );
  }
  return parsed.data;
}

async function readText(response: Response, base: string): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    if (isFarledError(error) || (error instanceof Error && error.name === 'AbortError')) {
      throw error;
    }
    throw new FarledError('ConnectionFailed', `The connection to ${origin(base)} broke in the middle of an answer.`, {
      suggestion: 'Look whether the server still runs.',
      cause: error,
    });
  }
}

function fillPath(route: Route, params: Record<string, unknown>): string {
  const checked = route.params === undefined ? {} : parseOrThrow(route.params, params, 'The name');
  return route.path.replaceAll(/:([A-Za-z0-9]+)/g, (_, name: string) => encodeURIComponent(String(checked[name])));
}

function queryString(query: Record<string, unknown>): string {
  const said = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) {
        said.append(name, String(one));
      }
    }
  }
  return said.size === 0 ? '' : `?${said.toString()}`;
}

function checkedUrl(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol)) {
    throw new FarledError('BadArgument', `"${url}" is not the address of a server.`, {
      suggestion: 'Set FARLED_URL to an address like http://127.0.0.1:7310.',
    });
  }
  return `${parsed.origin}${parsed.pathname.replace(/\/+$/, '')}`;
}
