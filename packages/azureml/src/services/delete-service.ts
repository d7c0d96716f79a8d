import { type ErrorCode, isFarledError, type Operation, routes } from '@farled/contract';

import { hasEndedWithin } from '../operations/operation-end.ts';
import type { CompatibleParts } from '../parts.ts';
import { type Asked, contextOf } from './asked.ts';

/** What is under way ends within moments of being told to. */
const LONGEST_WAIT_MS = 30_000;

/**
 * Deletes a service, in transition too: what is under way is cancelled first, because azureml-core has no word for that.
 * Undefined when there is no such service.
 *
 * @throws FarledError OperationInProgress when what is under way does not end.
 */
export async function deleteService(
  { api, clock }: Pick<CompatibleParts, 'api' | 'clock'>,
  service: string,
  asked: Asked,
): Promise<Operation | undefined> {
  const { workspace, signal } = asked;
  const context = contextOf(asked);
  const params = { ...workspace, service };
  const start = () => api.call(routes.services.delete, { params, query: {}, body: undefined }, context);
  const told = await start().catch(refusalOf('OperationInProgress'));
  if (told !== REFUSED) {
    return told;
  }
  const nothing = { query: undefined, body: undefined };
  const present = await api
    .call(routes.services.get, { params, ...nothing }, context)
    .catch(refusalOf('ServiceNotFound'));
  if (present === REFUSED) {
    return undefined;
  }
  const at = { ...workspace, operation: present.operationId };
  const running = await api.call(routes.operations.get, { params: at, ...nothing }, context);
  if (running.kind === 'DeleteService') {
    return running;
  }
  await api.call(routes.operations.cancel, { params: at, ...nothing }, context);
  await hasEndedWithin({ api, clock }, workspace, running, LONGEST_WAIT_MS, signal);
  return start();
}

const REFUSED = Symbol('refused');

function refusalOf(code: ErrorCode): (error: unknown) => typeof REFUSED {
  return (error) => {
    if (isFarledError(error) && error.code === code) {
      return REFUSED;
    }
    throw error;
  };
}
