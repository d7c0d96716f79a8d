/** Sends one request to one replica and its answer back, streaming both ways. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

import { DEADLINE_HEADER, NOT_EXECUTED_HEADER } from '@farled/contract';
import type { Clock } from '@farled/service';
import type { Pool } from 'undici';

import { type Body, BodyTooLarge } from './body.ts';
import { toClient, toReplica } from './headers.ts';

export interface Forwarding {
  readonly pool: Pool;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly body: Body;
  readonly requestId: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

export type Forwarded =
  /** The replica's answer went to the client, or is what it is because the client went away. */
  | { readonly outcome: 'answered' }
  /** The replica did not begin: another one may get the request. It said so itself, or can't be reached. */
  | { readonly outcome: 'notExecuted'; readonly by: 'refusal' | 'connection' }
  | { readonly outcome: 'timedOut' }
  /** The connection broke before an answer came. */
  | { readonly outcome: 'broken' }
  | { readonly outcome: 'tooLarge' }
  | { readonly outcome: 'clientGone' };

const GONE = new Error('the client closed the connection');
const TIMED_OUT = new Error('the scoring timeout is over');

export async function forward(parts: Forwarding): Promise<Forwarded> {
  const { pool, request, response, path, body, requestId, timeoutMs, clock } = parts;
  const stop = new AbortController();
  let why: 'timedOut' | 'clientGone' | null = null;
  const onClose = (): void => {
    // Also comes after an answer that went out whole; an abort then would only cost.
    if (!response.writableFinished) {
      why ??= 'clientGone';
      stop.abort(GONE);
    }
  };
  response.once('close', onClose);
  const started = clock.now();
  const cancel = clock.after(timeoutMs, () => {
    why ??= 'timedOut';
    stop.abort(TIMED_OUT);
  });
  try {
    const answer = await pool.request({
      method: request.method === 'GET' ? 'GET' : 'POST',
      path,
      headers: toReplica(request.headers, { 'x-request-id': requestId, [DEADLINE_HEADER]: String(timeoutMs) }),
      body: body.kind === 'held' ? body.bytes : body.stream,
      signal: stop.signal,
    });
    if (answer.headers[NOT_EXECUTED_HEADER] !== undefined) {
      await answer.body.dump();
      return { outcome: 'notExecuted', by: 'refusal' };
    }
    cancel();
    if (answer.statusCode === 500 && clock.now() - started >= timeoutMs) {
      // The replica's own clock was first: the same timeout.
      await answer.body.dump();
      return { outcome: 'timedOut' };
    }
    // A failure of the model is told from one of the router by its status, as in the original.
    response.writeHead(answer.statusCode === 500 ? 502 : answer.statusCode, toClient(answer.headers));
    await pipeline(answer.body, response);
    return { outcome: 'answered' };
  } catch (error) {
    return ended(error, why, body);
  } finally {
    cancel();
    response.off('close', onClose);
  }
}

function ended(error: unknown, why: 'timedOut' | 'clientGone' | null, body: Body): Forwarded {
  if (why !== null) {
    return { outcome: why };
  }
  if (error instanceof BodyTooLarge) {
    return { outcome: 'tooLarge' };
  }
  return neverArrived(error, body) ? { outcome: 'notExecuted', by: 'connection' } : { outcome: 'broken' };
}

/**
 * True when the replica can't have the whole request, and so did not begin: it begins when it has all of it. There was
 * no connection, or the system took less than all of the bytes because the other side had closed it. A connection that
 * closes after it took them says nothing of what became of them, even when not a byte came back.
 */
function neverArrived(error: unknown, body: Body): boolean {
  const { code, syscall } = error as { readonly code?: string; readonly syscall?: string };
  if (body.kind === 'streamed' && body.stream.readableDidRead) {
    // What was read of it is gone: there is nothing to send to another one.
    return false;
  }
  const isNotConnected = syscall === 'connect' || code === 'UND_ERR_CONNECT_TIMEOUT';
  const isNotTaken = body.kind === 'held' && syscall === 'write' && (code === 'EPIPE' || code === 'ECONNRESET');
  return isNotConnected || isNotTaken;
}
