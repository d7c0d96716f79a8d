/** Carries out operations that make one thing: from asked to ended, and a crash at any line begins anew. */
import { type ErrorBody, errorToWire, FarledError, hasEnded, isFarledError } from '@farled/contract';
import type { Clock, Logger } from '@farled/service';
import type { OperationRecord, State } from '@farled/state';

import { OperationLogs } from './service/operation-log.ts';

export interface MakingParts {
  readonly state: State;
  readonly targetType: OperationRecord['targetType'];
  /** How long making one may take. */
  readonly timeoutMs: number;
  /** What an operation fails with that took longer: «The package was not made in time.» */
  readonly late: string;
  readonly clock: Clock;
  readonly log: Logger;
}

type Work<T> = (log: (line: string) => void, signal: AbortSignal) => Promise<T>;

export class Making {
  readonly #parts: MakingParts;
  readonly #logs: OperationLogs;
  readonly #running = new Map<string, AbortController>();

  constructor(parts: MakingParts) {
    this.#parts = parts;
    this.#logs = new OperationLogs(parts.state.operations, parts.log);
  }

  /** Ids of those that an earlier run was asked for, and did not make. */
  async adopt(): Promise<readonly string[]> {
    const running = await this.#parts.state.operations.running();
    return running.filter(({ targetType }) => targetType === this.#parts.targetType).map(({ targetId }) => targetId);
  }

  cancel(id: string): void {
    this.#running.get(id)?.abort(new FarledError('OperationCancelled', 'The operation was cancelled.'));
  }

  /**
   * @param make does the part that takes long within `attempt`, which ends when the operation is cancelled or takes too
   * long; answers the last line of the log.
   */
  async carryOut(
    operation: OperationRecord,
    make: (attempt: <T>(work: Work<T>) => Promise<T>) => Promise<string>,
    signal: AbortSignal,
  ): Promise<void> {
    if (hasEnded(operation.state)) {
      return;
    }
    const { id } = operation;
    await this.#parts.state.operations.setState(id, 'Running');
    try {
      this.#logs.write(id, await make((work) => this.#attempt(operation, work, signal)));
      await this.#end(operation, 'Succeeded');
    } catch (error) {
      if (signal.aborted || !isFarledError(error)) {
        throw error;
      }
      this.#logs.write(id, `Failed: ${error.message}`);
      await this.#end(operation, endState(error), errorToWire(error));
    }
  }

  async #attempt<T>(operation: OperationRecord, work: Work<T>, signal: AbortSignal): Promise<T> {
    const { clock, timeoutMs } = this.#parts;
    const { id } = operation;
    const leftMs = Date.parse(operation.startTime ?? operation.createdTime) + timeoutMs - clock.now();
    const abort = new AbortController();
    this.#running.set(id, abort);
    const late = new FarledError('DeploymentTimedOut', this.#parts.late, {
      suggestion: 'The log of the operation says how far it came.',
    });
    const cancelTimeout = clock.after(Math.max(0, leftMs), () => abort.abort(late));
    const stop = AbortSignal.any([signal, abort.signal]);
    try {
      if (operation.cancelRequested) {
        this.cancel(id);
      } else if (leftMs <= 0) {
        abort.abort(late);
      }
      stop.throwIfAborted();
      return await work((line) => this.#logs.write(id, line), stop);
    } catch (error) {
      // Whatever the abortion made of it on its way.
      abort.signal.throwIfAborted();
      throw error;
    } finally {
      cancelTimeout();
      this.#running.delete(id);
    }
  }

  async #end({ id }: OperationRecord, state: OperationRecord['state'], error?: ErrorBody): Promise<void> {
    await this.#logs.end(id);
    await this.#parts.state.operations.setState(id, state, error);
  }
}

function endState({ code }: FarledError): OperationRecord['state'] {
  return code === 'OperationCancelled' ? 'Cancelled' : code === 'DeploymentTimedOut' ? 'TimedOut' : 'Failed';
}
