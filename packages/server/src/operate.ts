/** Starts operations: what a request changes and the operation that carries it on are recorded together or not at all. */
import { FarledError, type Operation, type OperationKind } from '@farled/contract';
import { digestOf, type OperationRecord, type State, type Stores, type WorkspaceRecord } from '@farled/state';

export interface Asked {
  /** Chosen by the client. */
  readonly operationId: string | undefined;
  /** All that tells this request from another one. */
  readonly request: unknown;
}

export interface Target {
  readonly kind: OperationKind;
  readonly type: OperationRecord['targetType'];
  readonly id: string;
  readonly name: string;
}

/**
 * Records an operation and its change in one transaction; a request that was sent before answers with the operation it
 * started then.
 *
 * @param plan finds what is to be changed, and checks that it can be.
 * @param change records it.
 */
export async function operate<T extends Target>(
  state: State,
  workspace: WorkspaceRecord,
  { operationId, request }: Asked,
  plan: (stores: Stores) => Promise<T>,
  change: (stores: Stores, target: T, operationId: string) => Promise<unknown>,
): Promise<Operation> {
  const requestDigest = digestOf(request);
  const operation = await state.transaction(async (stores) => {
    const same = await findSame(stores, workspace, operationId, requestDigest);
    if (same !== undefined) {
      return same;
    }
    const target = await plan(stores);
    const { operation: started } = await stores.operations.start({
      id: operationId,
      workspaceId: workspace.key,
      kind: target.kind,
      targetType: target.type,
      targetId: target.id,
      targetName: target.name,
      requestDigest,
    });
    await change(stores, target, started.id);
    return started;
  });
  return toOperation(operation);
}

/**
 * The operation that the same request started before, for those who have something to do before they start one.
 *
 * @throws FarledError OperationIdReused
 */
export async function startedBefore(
  state: State,
  workspace: WorkspaceRecord,
  { operationId, request }: Asked,
): Promise<Operation | undefined> {
  const same = await findSame(state, workspace, operationId, digestOf(request));
  return same === undefined ? undefined : toOperation(same);
}

async function findSame(
  stores: Stores,
  workspace: WorkspaceRecord,
  operationId: string | undefined,
  requestDigest: string,
): Promise<OperationRecord | undefined> {
  const same = operationId === undefined ? undefined : await stores.operations.find(workspace.key, operationId);
  if (same !== undefined && same.requestDigest !== requestDigest) {
    throw new FarledError('OperationIdReused', `Operation ${operationId} was started by a different request.`, {
      suggestion: 'Choose a new UUID for every request, and repeat one only to repeat the request.',
    });
  }
  return same;
}

export function toOperation(operation: OperationRecord): Operation {
  const { id, kind, targetType, targetName, state, error, createdTime, endTime } = operation;
  return { id, kind, target: { type: targetType, name: targetName }, state, error, createdTime, endTime };
}
