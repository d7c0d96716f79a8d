/** Work that several callers want at once: it runs once, all hear of it, and it is stopped when the last one leaves. */

export type Tell = (line: string) => void;

interface Work<Result> {
  readonly lines: string[];
  /** One for each caller that waits. */
  readonly listeners: Set<Tell>;
  readonly abort: AbortController;
  readonly result: Promise<Result>;
}

export class SharedWork<Result> {
  readonly #running = new Map<string, Work<Result>>();

  /**
   * Joins the work of that key, or begins it. A late caller is told the earlier lines first. A caller whose signal
   * aborts leaves with the signal's reason; the last one stops the work, and stays until it has cleaned up behind itself.
   */
  async do(
    key: string,
    caller: { readonly tell: Tell; readonly signal: AbortSignal },
    run: (tell: Tell, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const { signal } = caller;
    signal.throwIfAborted();
    const work = this.#joinable(key) ?? this.#begin(key, run);
    const outcome = Promise.withResolvers<Result>();
    const listener: Tell = (line) => caller.tell(line);
    const leave = (): void => {
      const gone = (): void => outcome.reject(signal.reason as Error);
      work.listeners.delete(listener);
      if (work.listeners.size > 0) {
        gone();
        return;
      }
      work.abort.abort(signal.reason);
      work.result.then(gone, gone);
    };
    work.lines.forEach(listener);
    work.listeners.add(listener);
    signal.addEventListener('abort', leave, { once: true });
    // A listener may have aborted while it was told the earlier lines.
    if (signal.aborted) {
      leave();
    }
    work.result.then(outcome.resolve, outcome.reject);
    try {
      return await outcome.promise;
    } finally {
      signal.removeEventListener('abort', leave);
      work.listeners.delete(listener);
    }
  }

  /** Work that was given up can't be joined: the next caller begins anew, beside its end. */
  #joinable(key: string): Work<Result> | undefined {
    const work = this.#running.get(key);
    return work === undefined || work.abort.signal.aborted ? undefined : work;
  }

  #begin(key: string, run: (tell: Tell, signal: AbortSignal) => Promise<Result>): Work<Result> {
    const lines: string[] = [];
    const listeners = new Set<Tell>();
    const abort = new AbortController();
    const tell: Tell = (line) => {
      lines.push(line);
      listeners.forEach((listener) => listener(line));
    };
    const work: Work<Result> = { lines, listeners, abort, result: run(tell, abort.signal) };
    this.#running.set(key, work);
    const forget = (): void => {
      if (this.#running.get(key) === work) {
        this.#running.delete(key);
      }
    };
    work.result.then(forget, forget);
    return work;
  }
}
