import { isFarledError, type Operation, routes } from '@farled/contract';

import { hasEndedWithin } from '../operations/operation-end.ts';
import type { CompatibleParts } from '../parts.ts';
import type { CompatibleRequest } from '../route.ts';

/** What is under way ends within moments of being told to. */
const LONGEST_WAIT_MS = 30_000;

type Asked = Pick<CompatibleRequest, 'workspace' | 'signal'>;

/**
 * Deletes a service, in transition too: what is under way is cancelled first, because azureml-core has no word for that.
 * Undefined when there is no such service.
 *
 * @throws FarledError OperationInProgress when what is under way does not end.
 */
export async function deleteService(
  { api, clock }: Pick<CompatibleParts, 'api' | 'clock'>,
  service: string,
  { workspace, signal }: Asked,
): Promise<Operation | undefined> {
  const params = { ...workspace, service };
  const start = () => api.call(routes.services.delete, { params, query: {}, body: undefined }, { signal });
  try {
    return await start();
  } catch (error) {
    if (!isFarledError(error) || error.code !== 'OperationInProgress') {
      throw error;
    }
  }
  const nothing = { query: undefined, body: undefined };
  const { operationId } = await api.call(routes.services.get, { params, ...nothing }, { signal });
  const at = { ...workspace, operation: operationId };
  const running = await api.call(routes.operations.get, { params: at, ...nothing }, { signal });
  if (running.kind === 'DeleteService') {
    return running;
  }
  await api.call(routes.operations.cancel, { params: at, ...nothing }, { signal });
  await hasEndedWithin({ api, clock }, workspace, running, LONGEST_WAIT_MS, signal);
  return start();
}
