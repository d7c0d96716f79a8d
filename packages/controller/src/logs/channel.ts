/** Values on their way from several writers to one reader. Full, it makes writers wait: memory is not where they pile up. */
export class Channel<Value> {
  readonly #limit: number;
  #values: Value[] = [];
  #failure: { readonly error: unknown } | undefined;
  #given = Promise.withResolvers<void>();
  #taken = Promise.withResolvers<void>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Waits while the channel is full. False when the signal came first. */
  async put(value: Value, signal: AbortSignal): Promise<boolean> {
    while (this.#values.length >= this.#limit && !signal.aborted) {
      await untilAborted(this.#taken.promise, signal);
    }
    if (signal.aborted) {
      return false;
    }
    this.#values.push(value);
    this.#given.resolve();
    return true;
  }

  /** The reader hears of it once it has what came before. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#given.resolve();
  }

  /** Everything that there is, as soon as there is something; nothing when the signal came first. */
  async take(signal: AbortSignal): Promise<readonly Value[]> {
    while (this.#values.length === 0 && this.#failure === undefined && !signal.aborted) {
      await untilAborted(this.#given.promise, signal);
    }
    const values = this.#values;
    if (values.length === 0 && this.#failure !== undefined && !signal.aborted) {
      throw this.#failure.error;
    }
    this.#values = [];
    this.#given = Promise.withResolvers();
    this.#taken.resolve();
    this.#taken = Promise.withResolvers();
    if (this.#failure !== undefined) {
      this.#given.resolve();
    }
    return values;
  }
}

/** Leaves nothing behind at the signal, which lives longer than each wait. */
async function untilAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<void>();
  const abort = (): void => aborted.resolve();
  signal.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
