import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a route answers. */
export interface CompatibleAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON; a text, bytes or a stream of bytes as they are. Absent: none. */
  readonly body?: unknown;
  /** Answers by itself, in place of all the above; for a route that reads bytes. */
  readonly handOver?: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

export function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): CompatibleAnswer {
  return { status, headers, body };
}
