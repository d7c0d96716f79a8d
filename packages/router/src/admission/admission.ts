/**
 * Who may be scored where and when, for one service: each replica has slots, a request takes one on the least loaded
 * replica, and waits in order when there is none. Holds no sockets: replicas are ids here.
 */
import { type Backoff, backoffDelay, type Cancel, type Clock } from '@farled/service';

export interface AdmissionSettings {
  /** Slots of one replica. */
  readonly slots: number;
  readonly maxQueueWaitMs: number;
}

export interface Ticket {
  readonly replica: string;
  /** The slot is free again; the next in line gets it. Called once. */
  release(): void;
  /**
   * As release, and the replica gets nothing for a while, longer each time until it takes a request again: it refused
   * this one, or can't be reached.
   */
  rest(because: 'refusal' | 'connection'): void;
}

/** What becomes of a copy says nothing of the replica: it gets requests as before. */
export type CopyTicket = Pick<Ticket, 'replica' | 'release'>;

export type Admitted =
  | { readonly outcome: 'admitted'; readonly ticket: Ticket }
  | { readonly outcome: 'overloaded'; readonly waitedMs: number };

interface Slots {
  readonly id: string;
  inFlight: number;
  /** Milliseconds since the epoch before which it gets nothing. */
  restsUntil: number;
  /** How often in a row it took nothing. */
  failures: number;
}

interface Waiting {
  readonly since: number;
  readonly settle: (admitted: Admitted) => void;
  readonly cancel: Cancel;
}

/**
 * A replica that refuses has taken the request of another router, mostly, and is free when that is answered: how long
 * that takes is found by doubling. One that drains has left the table by then.
 */
const REFUSED: Backoff = { firstMs: 2, maximumMs: 50, factor: 2 };
/** A node that is gone costs each try a connection's timeout; the cluster takes its pods out within a minute. */
const UNREACHABLE: Backoff = { firstMs: 50, maximumMs: 5000, factor: 2 };

export class Admission {
  readonly #clock: Clock;
  #settings: AdmissionSettings = { slots: 1, maxQueueWaitMs: 0 };
  #replicas: Slots[] = [];
  /** Those that left the table with requests still on them. */
  readonly #leaving = new Set<Slots>();
  readonly #queue = new Set<Waiting>();
  /** When the last replica that rests may get something again; 0: none rests, and the time need not be known. */
  #latestRest = 0;
  #copies = 0;
  /** Where the search for the least loaded starts, so that equals take turns. */
  #turn = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Replicas that stay keep what is on them. */
  update(settings: AdmissionSettings, replicas: readonly string[]): void {
    this.#settings = settings;
    const present = new Map([...this.#replicas, ...this.#leaving].map((slots) => [slots.id, slots]));
    const next = replicas.map((id) => present.get(id) ?? { id, inFlight: 0, restsUntil: 0, failures: 0 });
    for (const slots of this.#replicas) {
      if (slots.inFlight > 0 && !next.includes(slots)) {
        this.#leaving.add(slots);
      }
    }
    next.forEach((slots) => this.#leaving.delete(slots));
    this.#replicas = next;
    this.#serveQueue();
  }

  /** The service is gone: those who wait are refused. */
  close(): void {
    this.update(this.#settings, []);
    for (const waiting of this.#queue) {
      this.#refuse(waiting);
    }
  }

  get queued(): number {
    return this.#queue.size;
  }

  /** Requests that have a slot; copies are counted apart. */
  get inFlight(): number {
    return [...this.#replicas, ...this.#leaving].reduce((sum, slots) => sum + slots.inFlight, 0) - this.#copies;
  }

  /** Copies of mirrored requests that have a slot. */
  get copies(): number {
    return this.#copies;
  }

  get replicas(): readonly { readonly id: string; readonly inFlight: number }[] {
    return [...this.#replicas, ...this.#leaving].map(({ id, inFlight }) => ({ id, inFlight }));
  }

  /**
   * Takes a slot, or waits for one as long as the service lets a request wait; `since` is when the waiting began, for
   * a request that comes back because its replica did not begin it: it goes before the others.
   */
  admit(signal: AbortSignal, since: number | null): Admitted | Promise<Admitted> {
    const ticket = this.tryAdmit(since);
    return ticket === undefined ? this.wait(signal, since) : { outcome: 'admitted', ticket };
  }

  /** Undefined when the request has to wait. */
  tryAdmit(since: number | null): Ticket | undefined {
    const replica = since === null && this.#queue.size > 0 ? undefined : this.#leastLoaded();
    return replica === undefined ? undefined : this.#take(replica);
  }

  /** For a copy of a request, which never waits. Undefined when fewer than `spare` slots would be left. */
  tryCopy(spare: number): CopyTicket | undefined {
    const all = this.#replicas.length * this.#settings.slots;
    const taken = this.#replicas.reduce((sum, slots) => sum + slots.inFlight, 0);
    const replica = this.#queue.size > 0 || all - taken <= spare ? undefined : this.#leastLoaded();
    if (replica === undefined) {
      return undefined;
    }
    replica.inFlight += 1;
    this.#copies += 1;
    return {
      replica: replica.id,
      release: () => {
        this.#copies -= 1;
        this.#free(replica);
      },
    };
  }

  wait(signal: AbortSignal, since: number | null): Promise<Admitted> {
    return new Promise((resolve, reject) => {
      const began = since ?? this.#clock.now();
      const onAbort = (): void => {
        this.#queue.delete(waiting);
        cancel();
        reject(signal.reason as Error);
      };
      const left = Math.max(0, began + this.#settings.maxQueueWaitMs - this.#clock.now());
      const cancel = this.#clock.after(left, () => this.#refuse(waiting));
      const waiting: Waiting = {
        since: began,
        cancel,
        settle: (admitted) => {
          signal.removeEventListener('abort', onAbort);
          cancel();
          this.#queue.delete(waiting);
          resolve(admitted);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      if (since === null) {
        this.#queue.add(waiting);
      } else {
        const others = [...this.#queue];
        this.#queue.clear();
        [waiting, ...others].forEach((one) => this.#queue.add(one));
      }
    });
  }

  #refuse(waiting: Waiting): void {
    waiting.settle({ outcome: 'overloaded', waitedMs: this.#clock.now() - waiting.since });
  }

  #leastLoaded(): Slots | undefined {
    const now = this.#latestRest === 0 ? Number.POSITIVE_INFINITY : this.#clock.now();
    const count = this.#replicas.length;
    let best: Slots | undefined;
    if (now > this.#latestRest) {
      this.#latestRest = 0;
    }
    for (let index = 0; index < count; index += 1) {
      const slots = this.#replicas[(this.#turn + index) % count];
      if (slots !== undefined && slots.restsUntil <= now && slots.inFlight < (best?.inFlight ?? this.#settings.slots)) {
        best = slots;
      }
    }
    this.#turn = count === 0 ? 0 : (this.#turn + 1) % count;
    return best;
  }

  #take(slots: Slots): Ticket {
    slots.inFlight += 1;
    return new SlotTicket(this, slots);
  }

  /** Of a ticket. */
  release(slots: Slots): void {
    slots.failures = 0;
    this.#free(slots);
  }

  /** Of a ticket. */
  rest(slots: Slots, because: 'refusal' | 'connection'): void {
    slots.failures += 1;
    const restMs = backoffDelay(because === 'connection' ? UNREACHABLE : REFUSED, slots.failures);
    slots.restsUntil = this.#clock.now() + restMs;
    this.#latestRest = Math.max(this.#latestRest, slots.restsUntil);
    this.#clock.after(restMs + 1, () => this.#serveQueue());
    this.#free(slots);
  }

  #free(slots: Slots): void {
    slots.inFlight -= 1;
    if (slots.inFlight === 0) {
      this.#leaving.delete(slots);
    }
    this.#serveQueue();
  }

  #serveQueue(): void {
    if (this.#queue.size === 0) {
      return;
    }
    for (const waiting of this.#queue) {
      const replica = this.#leastLoaded();
      if (replica === undefined) {
        return;
      }
      waiting.settle({ outcome: 'admitted', ticket: this.#take(replica) });
    }
  }
}

/** A class, because there is one for each request. */
class SlotTicket implements Ticket {
  readonly #admission: Admission;
  readonly #slots: Slots;

  constructor(admission: Admission, slots: Slots) {
    this.#admission = admission;
    this.#slots = slots;
  }

  get replica(): string {
    return this.#slots.id;
  }

  release(): void {
    this.#admission.release(this.#slots);
  }

  rest(because: 'refusal' | 'connection'): void {
    this.#admission.rest(this.#slots, because);
  }
}
