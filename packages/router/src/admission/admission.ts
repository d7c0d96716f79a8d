/**
 * Who may be scored where and when, for one service: each replica has slots, a request takes one on the replica that is
 * likely to answer first, and waits in order when there is none. Holds no sockets: replicas are ids here.
 */
import { type Backoff, backoffDelay, type Cancel, type Clock } from '@farled/service';

import { learnLatency, type Load, OpenReplicas } from './balance.ts';
import { afterFailure, HEALTHY, type Health } from './ejection.ts';

export interface AdmissionSettings {
  /** Slots of one replica. */
  readonly slots: number;
  readonly maxQueueWaitMs: number;
}

/** What became of a request that had a slot: failed is one that the replica took and did not answer. */
export type Ended = 'answered' | 'failed' | 'abandoned';

export interface Ticket {
  readonly replica: string;
  /** The slot is free again; the next in line gets it. Called once. */
  release(ended?: Ended): void;
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

interface Slots extends Load {
  readonly id: string;
  /** It is in the table. */
  isListed: boolean;
  health: Health;
  /** How often in a row it took nothing. */
  refusals: number;
  /** Milliseconds since the epoch before which it gets nothing. */
  closedUntil: number;
  /** Of the timer that ends that; null: it gets requests. */
  reopens: Cancel | null;
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
/** Of what a request usually takes: how much the latest one counts. */
const LATEST = 0.02;

export class Admission {
  readonly #clock: Clock;
  readonly #random: () => number;
  #settings: AdmissionSettings = { slots: 1, maxQueueWaitMs: 0 };
  #replicas: Slots[] = [];
  readonly #open = new OpenReplicas<Slots>();
  /** Those that left the table with requests still on them. */
  readonly #leaving = new Set<Slots>();
  readonly #queue = new Set<Waiting>();
  #copies = 0;
  /** How long a request takes on average, in milliseconds; 0: none was answered. */
  #usualMs = 0;
  #answers = 0;
  #ejections = 0;

  /** `random`: from 0 to 1. */
  constructor(clock: Clock, random: () => number = Math.random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Replicas that stay keep what is on them. */
  update(settings: AdmissionSettings, replicas: readonly string[]): void {
    this.#settings = settings;
    const present = new Map([...this.#replicas, ...this.#leaving].map((slots) => [slots.id, slots]));
    const next = replicas.map((id) => present.get(id) ?? newSlots(id));
    this.#replicas.forEach((slots) => (slots.isListed = false));
    next.forEach((slots) => (slots.isListed = true));
    for (const slots of this.#replicas) {
      if (!slots.isListed) {
        this.#open.remove(slots);
        slots.reopens?.();
        slots.reopens = null;
        if (slots.inFlight > 0) {
          this.#leaving.add(slots);
        }
      }
    }
    this.#replicas = next;
    this.#takeBack();
    for (const slots of next) {
      this.#leaving.delete(slots);
      if (slots.reopens === null) {
        this.#reopen(slots);
      }
    }
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

  get replicas(): readonly { readonly id: string; readonly inFlight: number; readonly isEjected: boolean }[] {
    return [...this.#replicas, ...this.#leaving].map((slots) => ({
      id: slots.id,
      inFlight: slots.inFlight,
      isEjected: isEjected(slots),
    }));
  }

  /** How often a replica was ejected. */
  get ejections(): number {
    return this.#ejections;
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
    return since === null && this.#queue.size > 0 ? undefined : this.#take();
  }

  /** For a copy of a request, which never waits. Undefined when fewer than `spare` slots would be left. */
  tryCopy(spare: number): CopyTicket | undefined {
    const all = this.#replicas.length * this.#settings.slots;
    const taken = this.#replicas.reduce((sum, slots) => sum + slots.inFlight, 0);
    const isSpare = this.#queue.size === 0 && all - taken > spare;
    const slots = isSpare ? this.#open.choose(this.#usualMs || 1, this.#clock.monotonic()) : undefined;
    if (slots === undefined) {
      return undefined;
    }
    slots.inFlight += 1;
    this.#copies += 1;
    this.#place(slots);
    return {
      replica: slots.id,
      release: () => {
        this.#copies -= 1;
        this.#free(slots);
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

  #take(): Ticket | undefined {
    const now = this.#clock.monotonic();
    const slots = this.#open.choose(this.#usualMs || 1, now);
    if (slots === undefined) {
      return undefined;
    }
    slots.inFlight += 1;
    this.#place(slots);
    return new SlotTicket(this, slots, now);
  }

  /** Among those that can get a request, or not. */
  #place(slots: Slots): void {
    const most = slots.isOnTrial ? 1 : this.#settings.slots;
    if (slots.isListed && slots.reopens === null && slots.inFlight < most) {
      this.#open.add(slots);
    } else {
      this.#open.remove(slots);
    }
  }

  /** Of a ticket, that was given at `since`. */
  release(slots: Slots, ended: Ended, since: number): void {
    if (ended === 'answered') {
      const now = this.#clock.monotonic();
      const tookMs = now - since;
      learnLatency(slots, tookMs, now);
      this.#answers += 1;
      this.#usualMs = this.#usualMs === 0 ? tookMs : this.#usualMs + (tookMs - this.#usualMs) * LATEST;
      slots.refusals = 0;
      // While it is ejected, one that was on it before says nothing new.
      if (slots.health !== HEALTHY && (slots.isOnTrial || slots.reopens === null)) {
        slots.health = HEALTHY;
        slots.isOnTrial = false;
      }
    } else if (ended === 'failed') {
      this.#fail(slots);
    }
    this.#free(slots);
  }

  /** Of a ticket. */
  rest(slots: Slots, because: 'refusal' | 'connection'): void {
    slots.refusals += 1;
    this.#closeFor(slots, backoffDelay(because === 'connection' ? UNREACHABLE : REFUSED, slots.refusals));
    this.#free(slots);
  }

  #fail(slots: Slots): void {
    if (slots.health.ejections > 0 && !slots.isOnTrial) {
      // It is out already: one that was on it before.
      return;
    }
    const { health, penaltyMs } = afterFailure(slots.health, {
      isOnTrial: slots.isOnTrial,
      replicas: this.#replicas.length,
      ejected: this.#replicas.filter((other) => other.health.ejections > 0).length,
      answers: this.#answers,
      random: this.#random(),
    });
    slots.health = health;
    if (penaltyMs > 0) {
      this.#ejections += 1;
      slots.isOnTrial = false;
      slots.latencyMs = -1;
      this.#closeFor(slots, penaltyMs);
    }
  }

  #closeFor(slots: Slots, milliseconds: number): void {
    const until = this.#clock.now() + milliseconds;
    if (!slots.isListed || (slots.reopens !== null && slots.closedUntil > until)) {
      return;
    }
    slots.reopens?.();
    slots.closedUntil = until;
    slots.reopens = this.#clock.after(milliseconds, () => {
      this.#reopen(slots);
      this.#serveQueue();
    });
  }

  #reopen(slots: Slots): void {
    slots.reopens = null;
    slots.isOnTrial = slots.health.ejections > 0;
    this.#place(slots);
  }

  /** Others left: of those that are, half have to get requests. The one that is nearest to its return comes first. */
  #takeBack(): void {
    const ejected = this.#replicas.filter(isEjected).toSorted((a, b) => a.closedUntil - b.closedUntil);
    const most = Math.floor(this.#replicas.length / 2);
    for (const slots of ejected.slice(0, Math.max(0, ejected.length - most))) {
      slots.reopens?.();
      this.#reopen(slots);
    }
  }

  #free(slots: Slots): void {
    slots.inFlight -= 1;
    if (slots.inFlight === 0) {
      this.#leaving.delete(slots);
    }
    this.#place(slots);
    this.#serveQueue();
  }

  #serveQueue(): void {
    if (this.#queue.size === 0) {
      return;
    }
    for (const waiting of this.#queue) {
      const ticket = this.#take();
      if (ticket === undefined) {
        return;
      }
      waiting.settle({ outcome: 'admitted', ticket });
    }
  }
}

function newSlots(id: string): Slots {
  return {
    id,
    inFlight: 0,
    latencyMs: -1,
    latencyAt: 0,
    place: -1,
    isOnTrial: false,
    isListed: true,
    health: HEALTHY,
    refusals: 0,
    closedUntil: 0,
    reopens: null,
  };
}

/** It gets nothing, and not only because it is busy or can't be reached for a moment. */
function isEjected({ health, isOnTrial, reopens }: Slots): boolean {
  return health.ejections > 0 && !isOnTrial && reopens !== null;
}

/** A class, because there is one for each request. */
class SlotTicket implements Ticket {
  readonly #admission: Admission;
  readonly #slots: Slots;
  readonly #since: number;

  constructor(admission: Admission, slots: Slots, since: number) {
    this.#admission = admission;
    this.#slots = slots;
    this.#since = since;
  }

  get replica(): string {
    return this.#slots.id;
  }

  release(ended: Ended = 'answered'): void {
    this.#admission.release(this.#slots, ended, this.#since);
  }

  rest(because: 'refusal' | 'connection'): void {
    this.#admission.rest(this.#slots, because);
  }
}
