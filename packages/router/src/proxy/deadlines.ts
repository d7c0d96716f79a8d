/**
 * Points in time after which requests have failed. Nearly every request ends before its own, so that a timer for each
 * would be wasted: they stand in a list by time, and one timer looks at its head.
 */
import type { Cancel, Clock } from '@farled/service';

export interface Expiring {
  /** The time is over. Called once, and not after `remove`. */
  expire(): void;
}

interface Entry {
  readonly at: number;
  readonly who: Expiring | null;
  previous: Entry;
  next: Entry;
}
export type Deadline = Entry;

export class Deadlines {
  readonly #clock: Clock;
  /** Before the first and after the last. */
  readonly #ends: Entry;
  #wakesAt = Number.POSITIVE_INFINITY;
  #cancel: Cancel | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
    const ends = { at: Number.NEGATIVE_INFINITY, who: null } as unknown as Entry;
    ends.previous = ends;
    ends.next = ends;
    this.#ends = ends;
  }

  /** Milliseconds since the epoch. New ones are mostly the latest: their place is found from the end. */
  add(at: number, who: Expiring): Deadline {
    let previous = this.#ends.previous;
    while (previous.at > at) {
      previous = previous.previous;
    }
    const entry = { at, who, previous, next: previous.next };
    previous.next.previous = entry;
    previous.next = entry;
    if (at < this.#wakesAt) {
      this.#wakeAt(at);
    }
    return entry;
  }

  /** Once or more. */
  remove(entry: Deadline): void {
    entry.previous.next = entry.next;
    entry.next.previous = entry.previous;
    entry.previous = entry;
    entry.next = entry;
  }

  #wakeAt(at: number): void {
    this.#cancel?.();
    this.#wakesAt = at;
    this.#cancel = this.#clock.after(Math.max(1, at - this.#clock.now()), () => this.#wake());
  }

  #wake(): void {
    this.#cancel = null;
    this.#wakesAt = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    let { next } = this.#ends;
    while (next.who !== null && next.at <= now) {
      const { who } = next;
      this.remove(next);
      who.expire();
      next = this.#ends.next;
    }
    if (next.who !== null && next.at < this.#wakesAt) {
      this.#wakeAt(next.at);
    }
  }
}
