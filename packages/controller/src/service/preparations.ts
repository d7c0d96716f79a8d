/** Prepares beside the loop: a build may take minutes, and what runs must be looked after meanwhile. */
import type { Clock } from '@farled/service';

import type { Application } from './deployer.ts';

export type Preparation =
  | { readonly state: 'running' }
  | { readonly state: 'done'; readonly prepared: Application }
  | { readonly state: 'failed'; readonly error: unknown };

interface Entry {
  readonly generation: number;
  readonly abort: AbortController;
  outcome: Preparation;
  readonly ended: Promise<void>;
}

export interface PreparationsParts {
  readonly clock: Clock;
  /** Called when a preparation of that service ended. */
  readonly ended: (serviceId: string) => void;
}

/** Two generations are remembered per service: the one being deployed and the one that runs. */
const REMEMBERED = 2;

export class Preparations implements AsyncDisposable {
  readonly #parts: PreparationsParts;
  readonly #entries = new Map<string, Entry[]>();

  constructor(parts: PreparationsParts) {
    this.#parts = parts;
  }

  /**
   * How far the preparation of that generation is; starts it when it was not. A failed one is told once, then
   * forgotten, so that the next question tries again.
   */
  get(
    serviceId: string,
    generation: number,
    timeout: { readonly afterMs: number; readonly reason: Error },
    run: (signal: AbortSignal) => Promise<Application>,
  ): Preparation {
    const entries = this.#entries.get(serviceId) ?? [];
    const known = entries.find((entry) => entry.generation === generation);
    if (known === undefined) {
      const entry = this.#start(serviceId, generation, timeout, run);
      this.#entries.set(serviceId, [...entries.slice(1 - REMEMBERED), entry]);
      return entry.outcome;
    }
    if (known.outcome.state === 'failed') {
      this.#entries.set(
        serviceId,
        entries.filter((entry) => entry !== known),
      );
    }
    return known.outcome;
  }

  /** Stops what is being prepared for the service; it then counts as failed with that reason. */
  cancel(serviceId: string, reason: Error): void {
    for (const entry of this.#entries.get(serviceId) ?? []) {
      entry.abort.abort(reason);
    }
  }

  forget(serviceId: string): void {
    this.cancel(serviceId, new Error('the service was deleted'));
    this.#entries.delete(serviceId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const entries = [...this.#entries.values()].flat();
    for (const entry of entries) {
      entry.abort.abort(new Error('the controller stops'));
    }
    await Promise.all(entries.map((entry) => entry.ended));
  }

  #start(
    serviceId: string,
    generation: number,
    timeout: { readonly afterMs: number; readonly reason: Error },
    run: (signal: AbortSignal) => Promise<Application>,
  ): Entry {
    const abort = new AbortController();
    const cancelTimeout = this.#parts.clock.after(timeout.afterMs, () => abort.abort(timeout.reason));
    const work = async (): Promise<void> => {
      try {
        entry.outcome = { state: 'done', prepared: await run(abort.signal) };
      } catch (error) {
        entry.outcome = { state: 'failed', error };
      } finally {
        cancelTimeout();
        this.#parts.ended(serviceId);
      }
    };
    const entry: Entry = { generation, abort, outcome: { state: 'running' }, ended: Promise.resolve().then(work) };
    return entry;
  }
}
