/** Which of the replicas with a free slot gets the next request: the one that is likely to answer it first. */

/** What is known of a replica, changed in place: this is on the way of every request. */
export interface Load {
  inFlight: number;
  /** How long its requests take, in milliseconds, quick to rise and slow to fall; -1: not known. */
  latencyMs: number;
  /** When that was last changed, by the clock that never goes back. */
  latencyAt: number;
  /** Place among those with a free slot; -1: it has none. */
  place: number;
  /** It is to be tried before the others. */
  isOnTrial: boolean;
}

/** An estimate that was not renewed for so long is half forgotten. */
const MEMORY_MS = 10_000;
/**
 * So many are looked at for one request, which are all, mostly: two that are drawn, the usual choice, do nearly twice as
 * long at p99 (docs/decisions/0023). Of more, others each time.
 */
const MOST_LOOKS = 32;

/** A slow answer counts at once, and quick ones make up for it over `MEMORY_MS`. */
export function learnLatency(load: Load, tookMs: number, now: number): void {
  if (load.latencyMs < 0 || tookMs > load.latencyMs) {
    load.latencyMs = tookMs;
  } else {
    const weight = Math.exp((load.latencyAt - now) / MEMORY_MS);
    load.latencyMs = load.latencyMs * weight + tookMs * (1 - weight);
  }
  load.latencyAt = now;
}

/** How long a request would take there, by what is known; `usualMs` is what one takes on all replicas on average. */
function cost(load: Load, usualMs: number, now: number): number {
  if (load.isOnTrial) {
    return 0;
  }
  if (load.latencyMs < 0) {
    return (load.inFlight + 1) * usualMs;
  }
  const fresh = MEMORY_MS / (MEMORY_MS + now - load.latencyAt);
  return (load.inFlight + 1) * (usualMs + (load.latencyMs - usualMs) * fresh);
}

/** Those with a free slot: entered and left at once, and chosen from without a look at the rest. */
export class OpenReplicas<T extends Load> {
  readonly #open: T[] = [];
  /** Equals take turns. */
  #turn = 0;

  get count(): number {
    return this.#open.length;
  }

  add(replica: T): void {
    if (replica.place < 0) {
      replica.place = this.#open.length;
      this.#open.push(replica);
    }
  }

  remove(replica: T): void {
    const { place } = replica;
    const last = this.#open.at(-1);
    if (place < 0 || last === undefined) {
      return;
    }
    this.#open[place] = last;
    last.place = place;
    this.#open.pop();
    replica.place = -1;
  }

  choose(usualMs: number, now: number): T | undefined {
    const open = this.#open;
    const count = open.length;
    if (count <= 1) {
      return open[0];
    }
    const looks = count < MOST_LOOKS ? count : MOST_LOOKS;
    let place = this.#turn % count;
    this.#turn = count <= MOST_LOOKS ? place + 1 : place + looks;
    let best = open[place] as T;
    let least = cost(best, usualMs, now);
    for (let look = 1; look < looks; look += 1) {
      place = place + 1 === count ? 0 : place + 1;
      const other = open[place] as T;
      const otherCost = cost(other, usualMs, now);
      if (otherCost < least) {
        best = other;
        least = otherCost;
      }
    }
    return best;
  }
}
