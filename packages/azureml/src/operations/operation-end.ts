import { hasEnded, type Operation, routes, type WorkspaceReference } from '@farled/contract';

import type { CompatibleParts } from '../parts.ts';

/** Waits for the end of an operation; false when that did not come in time, or nobody waits for it any more. */
export async function hasEndedWithin(
  { api, clock }: Pick<CompatibleParts, 'api' | 'clock'>,
  workspace: WorkspaceReference,
  operation: Pick<Operation, 'id'>,
  ms: number,
  signal: AbortSignal,
): Promise<boolean> {
  const params = { ...workspace, operation: operation.id };
  const deadline = clock.now() + ms;
  for (let from = 0; clock.now() < deadline && !signal.aborted;) {
    const query = { from, waitMs: deadline - clock.now() };
    const { next, state } = await api.call(routes.operations.log, { params, query, body: undefined }, { signal });
    if (hasEnded(state)) {
      return true;
    }
    from = next;
  }
  return false;
}
