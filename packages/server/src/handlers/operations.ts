import { hasEnded, type OperationLog } from '@farled/contract';

import type { HandlersOf } from '../handler.ts';
import { toOperation } from '../operate.ts';
import type { AppParts } from '../parts.ts';

export function operationHandlers({ state, clock }: AppParts): HandlersOf<'operations'> {
  /** Waits until the operation changes, the time is over, or the client has gone. */
  const changed = (id: string, waitMs: number, signal: AbortSignal): { promise: Promise<void>; stop: () => void } => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const unsubscribe = state.changes.subscribe((change) => change.id === id && resolve());
    const cancel = clock.after(waitMs, resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
    return {
      promise,
      stop: () => {
        unsubscribe();
        cancel();
      },
    };
  };

  return {
    listOperations: async ({ params, query }) => {
      const { key } = await state.workspaces.get(params);
      const page = await state.operations.list(key, query);
      return [200, { ...page, value: page.value.map(toOperation) }];
    },
    getOperation: async ({ params }) => {
      const { key } = await state.workspaces.get(params);
      return [200, toOperation(await state.operations.get(key, params.operation))];
    },
    getOperationLog: async ({ params, query: { from, waitMs } }, { signal }) => {
      const { key } = await state.workspaces.get(params);
      const { id } = await state.operations.get(key, params.operation);
      const deadline = clock.now() + waitMs;
      for (;;) {
        // Listens before it reads, so that no line falls between the two.
        const next = changed(id, Math.max(0, deadline - clock.now()), signal);
        try {
          const log: OperationLog = await state.operations.log(id, from);
          if (log.lines.length > 0 || hasEnded(log.state) || signal.aborted || clock.now() >= deadline) {
            return [200, log];
          }
          await next.promise;
        } finally {
          next.stop();
        }
      }
    },
    cancelOperation: async ({ params }) => {
      const { key } = await state.workspaces.get(params);
      const { id } = await state.operations.get(key, params.operation);
      await state.operations.requestCancel(id);
      return [202, toOperation(await state.operations.get(key, id))];
    },
  };
}
