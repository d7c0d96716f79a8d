import { hasEnded, isFarledError, type Operation, routes } from '@farled/contract';

import { hasEndedWithin } from '../operations/operation-end.ts';
import type { CompatibleParts } from '../parts.ts';
import { type Asked, contextOf } from '../services/asked.ts';

/** What is under way ends within moments of being told to. */
const LONGEST_WAIT_MS = 30_000;

/**
 * Deletes an endpoint, in transition too: what is under way on its versions is cancelled first, as with services.
 * Undefined when there is no such endpoint.
 *
 * @throws FarledError OperationInProgress when what is under way does not end.
 */
export async function deleteEndpoint(
  { api, clock }: Pick<CompatibleParts, 'api' | 'clock'>,
  endpoint: string,
  asked: Asked,
): Promise<Operation | undefined> {
  const { workspace, signal } = asked;
  const context = contextOf(asked);
  const params = { ...workspace, endpoint };
  const nothing = { query: undefined, body: undefined };
  const start = () => api.call(routes.endpoints.delete, { params, query: {}, body: undefined }, context);
  try {
    return await start();
  } catch (error) {
    if (!isFarledError(error) || error.code !== 'OperationInProgress') {
      throw error;
    }
  }
  const present = await api.call(routes.endpoints.get, { params, ...nothing }, context);
  for (const id of new Set([present.operationId, ...present.versions.map(({ operationId }) => operationId)])) {
    const at = { ...workspace, operation: id };
    const running = await api.call(routes.operations.get, { params: at, ...nothing }, context);
    if (running.kind === 'DeleteEndpoint') {
      return running;
    }
    if (!hasEnded(running.state)) {
      await api.call(routes.operations.cancel, { params: at, ...nothing }, context);
      await hasEndedWithin({ api, clock }, workspace, running, LONGEST_WAIT_MS, signal);
    }
  }
  return start();
}
