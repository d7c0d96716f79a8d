/** Small documents that were read before: what a digest names never changes. */

const MAXIMUM_BYTES = 16 * 1024 * 1024;

export class ContentMemory<Value> {
  /** Least recently used first. */
  readonly #kept = new Map<string, { readonly value: Value; readonly size: number }>();
  #size = 0;

  async get(key: string, read: () => Promise<{ readonly value: Value; readonly size: number }>): Promise<Value> {
    const entry = this.#kept.get(key) ?? (await read());
    this.#remove(key);
    this.#kept.set(key, entry);
    this.#size += entry.size;
    for (const oldest of this.#kept.keys()) {
      if (this.#size <= MAXIMUM_BYTES) {
        break;
      }
      this.#remove(oldest);
    }
    return entry.value;
  }

  #remove(key: string): void {
    this.#size -= this.#kept.get(key)?.size ?? 0;
    this.#kept.delete(key);
  }
}
