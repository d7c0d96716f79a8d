/** Work that several callers want at once: it runs once, all hear of it, and it is stopped when the last one leaves. */

export type Tell = (line: string) => void;

interface Work<Result> {
  readonly lines: string[];
  readonly listeners: Set<Tell>;
  readonly abort: AbortController;
  readonly result: Promise<Result>;
  waiting: number;
}

export class SharedWork<Result> {
  readonly #running = new Map<string, Work<Result>>();

  /**
   * Joins the work of that key, or begins it. A late caller is told the earlier lines first. A caller whose signal
   * aborts leaves with the signal's reason.
   */
  async do(
    key: string,
    caller: { readonly tell: Tell; readonly signal: AbortSignal },
    run: (tell: Tell, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    caller.signal.throwIfAborted();
    const work = this.#joinable(key) ?? this.#begin(key, run);
    work.lines.forEach(caller.tell);
    const listener: Tell = (line) => caller.tell(line);
    work.listeners.add(listener);
    work.waiting += 1;
    try {
      return await this.#outcome(work, caller.signal);
    } finally {
      work.listeners.delete(listener);
      work.waiting -= 1;
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
    const work: Work<Result> = { lines, listeners, abort, result: run(tell, abort.signal), waiting: 0 };
    this.#running.set(key, work);
    const forget = (): void => {
      if (this.#running.get(key) === work) {
        this.#running.delete(key);
      }
    };
    work.result.then(forget, forget);
    return work;
  }

  /** Whoever leaves last stops the work, and stays until it has cleaned up behind itself. */
  async #outcome(work: Work<Result>, signal: AbortSignal): Promise<Result> {
    const left = Promise.withResolvers<never>();
    const leave = (): void => {
      if (work.waiting === 1) {
        work.abort.abort(signal.reason);
        work.result.then(
          () => left.reject(signal.reason as Error),
          () => left.reject(signal.reason as Error),
        );
      } else {
        left.reject(signal.reason as Error);
      }
    };
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([work.result, left.promise]);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }
}
