/**
 * Runs a reconciler over keys: level-triggered, one worker per key, failures come back with growing delay.
 *
 * The contract is controller-runtime's: a key says where to look and never what happened; reading comes before
 * writing; doing it twice does no harm.
 */
import { backoffDelay, type Backoff, type Clock, type Logger } from '@farled/service';

import { KeyQueue } from './key-queue.ts';

export interface Result {
  /** Look again after so many milliseconds even when nothing changes; absent: only on the next change. */
  readonly requeueAfterMs?: number;
}

export interface LoopParts {
  readonly name: string;
  readonly reconcile: (key: string, signal: AbortSignal) => Promise<Result>;
  readonly workers: number;
  readonly clock: Clock;
  readonly log: Logger;
}

const RETRY: Backoff = { firstMs: 200, maximumMs: 30_000, factor: 2 };

export class Loop implements AsyncDisposable {
  readonly #parts: LoopParts;
  readonly #queue: KeyQueue;
  readonly #failures = new Map<string, number>();
  readonly #stopped = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.#queue = new KeyQueue(parts.clock);
  }

  start(): void {
    this.#running = Promise.all(Array.from({ length: this.#parts.workers }, () => this.#work()));
  }

  /** Has the key looked at soon. */
  wake(key: string): void {
    this.#queue.add(key);
  }

  /** Stops taking keys, aborts the running reconciliations and waits for them. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort(new Error('the controller stops'));
    this.#queue.close();
    await this.#running;
  }

  async #work(): Promise<void> {
    for (let key = await this.#queue.take(); key !== undefined; key = await this.#queue.take()) {
      try {
        const { requeueAfterMs } = await this.#parts.reconcile(key, this.#stopped.signal);
        this.#failures.delete(key);
        if (requeueAfterMs !== undefined) {
          this.#queue.addAfter(key, requeueAfterMs);
        }
      } catch (error) {
        this.#comeBack(key, error);
      } finally {
        this.#queue.done(key);
      }
    }
  }

  #comeBack(key: string, error: unknown): void {
    if (this.#stopped.signal.aborted) {
      return;
    }
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const retryInMs = backoffDelay(RETRY, failures);
    this.#parts.log.error({ err: error, loop: this.#parts.name, key, failures, retryInMs }, 'Reconciliation failed');
    this.#queue.addAfter(key, retryInMs);
  }
}
