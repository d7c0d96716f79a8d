/** One run of a task for all who want it at the same time; it is stopped when the last of them gives up. */

interface Running<Result> {
  readonly result: Promise<Result>;
  readonly abort: AbortController;
  waiting: number;
}

export class SharedTasks<Result> {
  readonly #running = new Map<string, Running<Result>>();

  async run(key: string, signal: AbortSignal, task: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    signal.throwIfAborted();
    const known = this.#running.get(key);
    const running = known === undefined || known.abort.signal.aborted ? this.#begin(key, task) : known;
    running.waiting += 1;
    const given = Promise.withResolvers<never>();
    const giveUp = (): void => given.reject(signal.reason as Error);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      return await Promise.race([running.result, given.promise]);
    } finally {
      signal.removeEventListener('abort', giveUp);
      running.waiting -= 1;
      if (running.waiting === 0) {
        running.abort.abort(signal.aborted ? signal.reason : undefined);
      }
    }
  }

  #begin(key: string, task: (signal: AbortSignal) => Promise<Result>): Running<Result> {
    const abort = new AbortController();
    const running: Running<Result> = { result: task(abort.signal), abort, waiting: 0 };
    this.#running.set(key, running);
    const forget = (): void => {
      if (this.#running.get(key) === running) {
        this.#running.delete(key);
      }
    };
    running.result.then(forget, forget);
    return running;
  }
}
