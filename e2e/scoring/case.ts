/** A script and the requests that both servers get. */
import type { KEPT } from './kept-differences.ts';

export interface Case {
  readonly name: string;
  readonly script: string;
  /** Below the application's folder: name and text. */
  readonly files?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  /**
   * Which environments Farled's worker is tried in: that of the peer, which has flask, inference-schema and the
   * originals of AMLRequest and AMLResponse, or one with nothing in it. Both when not said.
   */
  readonly environments?: readonly ('full' | 'bare')[];
  readonly requests: readonly Asked[];
}

export interface Asked {
  readonly method?: string;
  readonly path?: string;
  /** Names and values in turn, as they go out: names may come several times. */
  readonly headers?: readonly string[];
  readonly body?: string | Buffer;
  /** What Farled answers instead of what the peer does; all else is the same. */
  readonly differs?: Difference;
}

interface Difference {
  readonly why: keyof typeof KEPT;
  readonly status?: number;
  readonly body?: unknown;
  /** Null when it has none. */
  readonly headers?: Readonly<Record<string, string | null>>;
}

export const JSON_BODY = ['content-type', 'application/json'] as const;

export const post = (body: string | Buffer, more: Omit<Asked, 'body' | 'method'> = {}): Asked => ({
  method: 'POST',
  headers: JSON_BODY,
  ...more,
  body,
});

export const get = (path: string, more: Omit<Asked, 'path' | 'method'> = {}): Asked => ({
  method: 'GET',
  ...more,
  path,
});
