/** The change feed: what wakes those who make the world match the record. */
import type { Change } from './records.ts';

export type ChangeListener = (change: Change) => void;

export interface Changes {
  /** Calls the listener with every change from now on, after its commit; answers how to stop. */
  subscribe(listener: ChangeListener): () => void;
}

export class ChangeFeed implements Changes {
  readonly #listeners = new Set<ChangeListener>();

  subscribe(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  announce(change: Change): void {
    for (const listener of this.#listeners) {
      listener(change);
    }
  }
}
