/** Waiting for an operation while its log is shown. */
import { errorFromWire, FarledError, hasEnded, routes, type Operation, type WorkspacePath } from '@farled/contract';

import type { Client } from './client.ts';

export interface FollowOptions {
  /** Called with each line of the log, in order, once. */
  readonly onLine?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The server holds a request for the next line this long. */
const WAIT_MS = 20_000;
/** A server that restarts is waited for about half a minute. */
const ATTEMPTS = 12;
const PAUSE_MS = 200;

/**
 * Resolves with the operation when it has succeeded.
 *
 * @throws FarledError that ended it; the signal's reason when it aborts, while the operation goes on.
 */
export async function followOperation(
  client: Client,
  workspace: WorkspacePath,
  operation: string,
  { onLine, signal }: FollowOptions = {},
): Promise<Operation> {
  const params = { ...workspace, operation };
  let from = 0;
  for (;;) {
    const log = await client.call(routes.operations.log, {
      params,
      query: { from, waitMs: WAIT_MS },
      signal,
      attempts: ATTEMPTS,
    });
    for (const { text } of log.lines) {
      onLine?.(text);
    }
    from = log.next;
    if (log.lines.length === 0) {
      if (hasEnded(log.state)) {
        break;
      }
      await client.clock.sleep(PAUSE_MS, signal);
    }
  }
  const ended = await client.call(routes.operations.get, { params, signal, attempts: ATTEMPTS });
  if (ended.state !== 'Succeeded') {
    throw failure(ended);
  }
  return ended;
}

function failure(operation: Operation): FarledError {
  if (operation.error !== null) {
    return errorFromWire(operation.error);
  }
  const what = `${operation.kind} of the ${operation.target.type} "${operation.target.name}"`;
  return operation.state === 'Cancelled'
    ? new FarledError('OperationCancelled', `${what} was cancelled.`)
    : new FarledError('InternalError', `${what} ended as ${operation.state} without saying why.`);
}
