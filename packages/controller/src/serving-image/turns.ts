/** Lets so many through at a time, in the order in which they came. */
export class Turns {
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** Waits for a turn, which lasts until it is disposed of. Rejects with the signal's reason. */
  async take(signal: AbortSignal): Promise<Disposable> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
    } else {
      await this.#wait(signal);
    }
    return { [Symbol.dispose]: () => this.#pass() };
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const mine = Promise.withResolvers<void>();
    const leave = (): void => {
      this.#waiting.delete(mine.resolve);
      mine.reject(signal.reason as Error);
    };
    this.#waiting.add(mine.resolve);
    signal.addEventListener('abort', leave, { once: true });
    await mine.promise;
    signal.removeEventListener('abort', leave);
  }

  /** To the one that has waited longest; to nobody when nobody waits. */
  #pass(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
