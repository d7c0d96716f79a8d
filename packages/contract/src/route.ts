/** A route is a value: the server registers it, the SDK calls it, OpenAPI describes it. */
import type { z } from 'zod';

import type { Need } from './resources/identity.ts';

export type Method = 'GET' | 'HEAD' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';

/** What a body that is not JSON consists of: raw bytes, streamed both ways, never held in memory. */
export const BYTES = 'bytes';

export interface Route {
  /** Unique in the API; the SDK's and OpenAPI's name of the route. */
  readonly operationId: string;
  readonly method: Method;
  /** Below {@link PREFIX}, with `:name` parameters. */
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType | typeof BYTES;
  /** Success statuses with their bodies; null is an empty body. */
  readonly responses: Readonly<Record<number, z.ZodType | typeof BYTES | null>>;
  /** True for the few routes that answer without a bearer token. */
  readonly open?: boolean;
  /** What of it a caller must be allowed; to look for GET, to change for the others, when not said. */
  readonly need?: Need;
  /** True when sending the same request twice has the effect of sending it once, so that clients may retry it. */
  readonly idempotent: boolean;
}

export function needOf({ need, method }: Route): Need {
  return need ?? (method === 'GET' || method === 'HEAD' ? 'read' : 'write');
}

/** Prefix of every route of Farled's own API. */
export const PREFIX = '/farled/v1';

export function route<const R extends Route>(definition: R): R {
  return definition;
}

type Parsed<S> = S extends z.ZodType ? z.output<S> : S extends typeof BYTES ? AsyncIterable<Uint8Array> : undefined;
type Given<S> = S extends z.ZodType
  ? z.input<S>
  : S extends typeof BYTES
    ? AsyncIterable<Uint8Array> | Uint8Array
    : undefined;

/** What a handler receives. */
export interface RouteInput<R extends Route> {
  readonly params: Parsed<R['params']>;
  readonly query: Parsed<R['query']>;
  readonly body: Parsed<R['body']>;
}

/** What a client passes; defaults may be left out. */
export interface RouteArguments<R extends Route> {
  readonly params: Given<R['params']>;
  readonly query: Given<R['query']>;
  readonly body: Given<R['body']>;
}

/** The body of a success answer. */
export type RouteOutput<R extends Route> = R['responses'][keyof R['responses']] extends infer S
  ? S extends z.ZodType
    ? z.output<S>
    : S extends typeof BYTES
      ? AsyncIterable<Uint8Array>
      : undefined
  : never;
