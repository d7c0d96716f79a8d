/** What ends when, soonest first: a binary heap. */
export interface Timed {
  readonly at: number;
}

export class Completions<T extends Timed> {
  readonly #heap: T[] = [];

  get nextAt(): number {
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  add(item: T): void {
    let index = this.#heap.length;
    for (;;) {
      const above = (index - 1) >> 1;
      const parent = this.#heap[above];
      if (index === 0 || parent === undefined || parent.at <= item.at) {
        break;
      }
      this.#heap[index] = parent;
      index = above;
    }
    this.#heap[index] = item;
  }

  take(): T | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) {
      this.#sink(last);
    }
    return first;
  }

  #sink(item: T): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const below =
        (this.#heap[left + 1]?.at ?? Number.POSITIVE_INFINITY) < (this.#heap[left]?.at ?? 0) ? left + 1 : left;
      const child = this.#heap[below];
      if (child === undefined || child.at >= item.at) {
        break;
      }
      this.#heap[index] = child;
      index = below;
    }
    this.#heap[index] = item;
  }
}
