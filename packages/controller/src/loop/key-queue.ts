/** A queue of keys: one that is queued twice is worked once, and never by two workers at a time. */
import type { Cancel, Clock } from '@farled/service';

export class KeyQueue {
  readonly #clock: Clock;
  readonly #ready = new Set<string>();
  readonly #working = new Set<string>();
  /** Keys that were added while they were being worked; they come again when that ends. */
  readonly #again = new Set<string>();
  readonly #delayed = new Map<string, { readonly at: number; readonly cancel: Cancel }>();
  #wake: (() => void) | undefined;
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Makes the key due now. */
  add(key: string): void {
    if (this.#closed) {
      return;
    }
    this.#cancelDelay(key);
    if (this.#working.has(key)) {
      this.#again.add(key);
      return;
    }
    this.#ready.add(key);
    this.#wakeOne();
  }

  /** Makes the key due after a while, unless it is due earlier already. */
  addAfter(key: string, milliseconds: number): void {
    if (this.#closed || this.#ready.has(key)) {
      return;
    }
    const at = this.#clock.now() + milliseconds;
    const delayed = this.#delayed.get(key);
    if (delayed !== undefined && delayed.at <= at) {
      return;
    }
    this.#cancelDelay(key);
    const cancel = this.#clock.after(milliseconds, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { at, cancel });
  }

  /** The next due key, which is worked until {@link done}; undefined once the queue is closed. */
  async take(): Promise<string | undefined> {
    for (;;) {
      if (this.#closed) {
        return undefined;
      }
      const [key] = this.#ready;
      if (key !== undefined) {
        this.#ready.delete(key);
        this.#working.add(key);
        return key;
      }
      await new Promise<void>((resolve) => {
        const before = this.#wake;
        this.#wake = () => {
          before?.();
          resolve();
        };
      });
    }
  }

  done(key: string): void {
    this.#working.delete(key);
    if (this.#again.delete(key)) {
      this.add(key);
    }
  }

  close(): void {
    this.#closed = true;
    for (const { cancel } of this.#delayed.values()) {
      cancel();
    }
    this.#delayed.clear();
    this.#ready.clear();
    this.#wakeOne();
  }

  #cancelDelay(key: string): void {
    this.#delayed.get(key)?.cancel();
    this.#delayed.delete(key);
  }

  #wakeOne(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
