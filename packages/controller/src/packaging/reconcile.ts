/** Makes one package: its operation goes from asked to made, and a crash at any line makes it again. */
import { type ErrorBody, errorToWire, FarledError, hasEnded, isFarledError } from '@farled/contract';
import type { Clock, Logger } from '@farled/service';
import type { OperationRecord, PackageRecord, PackageResult, State } from '@farled/state';

import type { Result } from '../loop/loop.ts';
import { OperationLogs } from '../service/operation-log.ts';

export type MakePackage = (
  made: PackageRecord,
  log: (line: string) => void,
  signal: AbortSignal,
) => Promise<PackageResult>;

export interface PackageReconcilerParts {
  readonly state: State;
  readonly make: MakePackage;
  /** How long making one may take. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

export class PackageReconciler {
  readonly #parts: PackageReconcilerParts;
  readonly #logs: OperationLogs;
  readonly #running = new Map<string, AbortController>();

  constructor(parts: PackageReconcilerParts) {
    this.#parts = parts;
    this.#logs = new OperationLogs(parts.state.operations, parts.log);
  }

  /** Those that an earlier run was asked for, and did not make. */
  async adopt(): Promise<readonly string[]> {
    const running = await this.#parts.state.operations.running();
    return running.filter(({ targetType }) => targetType === 'package').map(({ targetId }) => targetId);
  }

  cancel(id: string): void {
    this.#running.get(id)?.abort(new FarledError('OperationCancelled', 'The operation was cancelled.'));
  }

  async reconcile(id: string, signal: AbortSignal): Promise<Result> {
    const { state } = this.#parts;
    const made = await state.packages.byId(id);
    const operation = made === undefined ? undefined : await state.operations.find(made.workspaceId, id);
    if (made === undefined || operation === undefined || hasEnded(operation.state)) {
      return {};
    }
    await state.operations.setState(id, 'Running');
    try {
      const result = made.result ?? (await this.#make(made, operation, signal));
      await state.packages.recordResult(id, result);
      this.#logs.write(id, done(made, result));
      await this.#end(operation, 'Succeeded');
    } catch (error) {
      if (signal.aborted || !isFarledError(error)) {
        throw error;
      }
      this.#logs.write(id, `Failed: ${error.message}`);
      await this.#end(operation, endState(error), errorToWire(error));
    }
    return {};
  }

  async #make(made: PackageRecord, operation: OperationRecord, signal: AbortSignal): Promise<PackageResult> {
    const { make, clock, timeoutMs } = this.#parts;
    const leftMs = Date.parse(operation.startTime ?? operation.createdTime) + timeoutMs - clock.now();
    const abort = new AbortController();
    this.#running.set(made.id, abort);
    const late = new FarledError('DeploymentTimedOut', 'The package was not made in time.', {
      suggestion: 'The log of the operation says how far it came.',
    });
    const cancelTimeout = clock.after(Math.max(0, leftMs), () => abort.abort(late));
    const stop = AbortSignal.any([signal, abort.signal]);
    try {
      if (operation.cancelRequested) {
        this.cancel(made.id);
      } else if (leftMs <= 0) {
        abort.abort(late);
      }
      stop.throwIfAborted();
      return await make(made, (line) => this.#logs.write(made.id, line), stop);
    } catch (error) {
      // Whatever the abortion made of it on its way.
      abort.signal.throwIfAborted();
      throw error;
    } finally {
      cancelTimeout();
      this.#running.delete(made.id);
    }
  }

  async #end({ id }: OperationRecord, state: OperationRecord['state'], error?: ErrorBody): Promise<void> {
    await this.#logs.end(id);
    await this.#parts.state.operations.setState(id, state, error);
  }
}

function done({ spec }: PackageRecord, { location, files }: PackageResult): string {
  return location === null
    ? `The Dockerfile of ${spec.imageName}:${spec.imageLabel} and ${files.length - 1} files beside it are there.`
    : `Run it with: docker run -p 6789:5001 ${location}`;
}

function endState({ code }: FarledError): OperationRecord['state'] {
  return code === 'OperationCancelled' ? 'Cancelled' : code === 'DeploymentTimedOut' ? 'TimedOut' : 'Failed';
}
