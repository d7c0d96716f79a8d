/**
 * Who waits for a slot: callers take turns, and each has its own order. Who floods a service waits behind itself; the
 * others wait for one request of it at a time.
 */
export class Line<T> {
  /** Those who had a slot already, on a replica that did not begin: the latest first. */
  readonly #returned: T[] = [];
  /** The first has the next turn. */
  readonly #callers = new Map<string, Set<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(caller: string, waiting: T): void {
    this.#size += 1;
    const own = this.#callers.get(caller);
    if (own === undefined) {
      this.#callers.set(caller, new Set([waiting]));
    } else {
      own.add(waiting);
    }
  }

  /** Before all others. */
  addReturned(waiting: T): void {
    this.#size += 1;
    this.#returned.unshift(waiting);
  }

  /** Undefined when nobody waits. */
  take(): T | undefined {
    const returned = this.#returned.shift();
    if (returned !== undefined) {
      this.#size -= 1;
      return returned;
    }
    for (const [caller, own] of this.#callers) {
      const [first] = own;
      this.#callers.delete(caller);
      if (first !== undefined) {
        this.#size -= 1;
        own.delete(first);
        if (own.size > 0) {
          this.#callers.set(caller, own);
        }
        return first;
      }
    }
    return undefined;
  }

  /** Nothing happens when it was taken, or never there. */
  remove(caller: string, waiting: T): void {
    const index = this.#returned.indexOf(waiting);
    const own = this.#callers.get(caller);
    if (index >= 0) {
      this.#returned.splice(index, 1);
      this.#size -= 1;
    } else if (own?.delete(waiting) === true) {
      this.#size -= 1;
      if (own.size === 0) {
        this.#callers.delete(caller);
      }
    }
  }

  /** How many get a slot before a new request of this caller would. */
  ahead(caller: string): number {
    const turns = (this.#callers.get(caller)?.size ?? 0) + 1;
    let count = this.#returned.length;
    for (const [other, { size }] of this.#callers) {
      count += other === caller ? size : Math.min(size, turns);
    }
    return count;
  }
}
