import type { ServerResponse } from 'node:http';

/** Aborts when the connection closes before the answer was sent. */
export function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort(new Error('the client closed the connection')));
  return gone.signal;
}
