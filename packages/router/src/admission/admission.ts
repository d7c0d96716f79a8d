/**
 * Who may be scored where and when, for one service: each replica has slots, a request takes one on the replica that is
 * likely to answer first, and waits in order when there is none. Holds no sockets: replicas are ids here.
 */
import { type Backoff, backoffDelay, type Clock } from '@farled/service';

import { learnLatency, OpenReplicas } from './balance.ts';
import { afterFailure, HEALTHY } from './ejection.ts';
import { Line } from './line.ts';
import { foresee, type Hopeless, learnTime, retryAfterSeconds, type Times } from './outlook.ts';
import { isEjected, newSlots, type ReplicaSlots } from './replica-slots.ts';

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

/** Who asks for a slot. */
export interface Applicant {
  /** Those with the same one wait behind each other; others take turns with them. */
  readonly caller: string;
  /** Milliseconds since the epoch by which its client wants the answer; infinite: it did not say. */
  readonly deadline: number;
  /** Since when it waits, if it comes back because its replica did not begin it; it goes before the others. */
  readonly since: number | null;
}

interface Waiting {
  readonly since: number;
  readonly settle: (admitted: Admitted) => void;
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
  readonly #random: () => number;
  #settings: AdmissionSettings = { slots: 1, maxQueueWaitMs: 0 };
  #replicas: ReplicaSlots[] = [];
  readonly #open = new OpenReplicas<ReplicaSlots>();
  /** Those that left the table with requests still on them. */
  readonly #leaving = new Set<ReplicaSlots>();
  readonly #line = new Line<Waiting>();
  #copies = 0;
  readonly #times: Times = { usualMs: 0, deviationMs: 0, answers: 0 };
  #ejections = 0;
  #refusedAtOnce = 0;

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
    for (let waiting = this.#line.take(); waiting !== undefined; waiting = this.#line.take()) {
      this.#refuse(waiting);
    }
  }

  get queued(): number {
    return this.#line.size;
  }

  /** When to come again, in whole seconds. */
  get retryAfterSeconds(): number {
    return retryAfterSeconds(this.#times, this.#line.size + 1, this.#replicas.length * this.#settings.slots);
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

  /** How often nothing could be hoped for. */
  get refusedAtOnce(): number {
    return this.#refusedAtOnce;
  }

  /** How often a replica was ejected. */
  get ejections(): number {
    return this.#ejections;
  }

  /** Takes a slot, or waits for one as long as the service lets a request wait. */
  admit(signal: AbortSignal, applicant: Applicant): Admitted | Promise<Admitted> {
    const ticket = this.tryAdmit(applicant.since);
    return ticket === undefined ? this.wait(signal, applicant) : { outcome: 'admitted', ticket };
  }

  /** Undefined when the request has to wait. */
  tryAdmit(since: number | null): Ticket | undefined {
    return since === null && this.#line.size > 0 ? undefined : this.#take();
  }

  /** Null when it may come in time; `replicas` is how many there will be soon. */
  foresee({ caller, deadline }: Applicant, replicas: number): Hopeless | null {
    const mustWait = this.#line.size > 0 || this.#open.count === 0;
    const hopeless = foresee(this.#times, {
      ahead: mustWait ? this.#line.ahead(caller) : 0,
      slots: Math.max(replicas, this.#replicas.length) * this.#settings.slots,
      maxQueueWaitMs: this.#settings.maxQueueWaitMs,
      leftMs: deadline - this.#clock.now(),
    });
    this.#refusedAtOnce += hopeless === null ? 0 : 1;
    return hopeless;
  }

  /** For a copy of a request, which never waits. Undefined when fewer than `spare` slots would be left. */
  tryCopy(spare: number): CopyTicket | undefined {
    const all = this.#replicas.length * this.#settings.slots;
    const taken = this.#replicas.reduce((sum, slots) => sum + slots.inFlight, 0);
    const isSpare = this.#line.size === 0 && all - taken > spare;
    const slots = isSpare ? this.#open.choose(this.#times.usualMs || 1, this.#clock.monotonic()) : undefined;
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

  wait(signal: AbortSignal, { caller, deadline, since }: Applicant): Promise<Admitted> {
    return new Promise((resolve, reject) => {
      const began = since ?? this.#clock.now();
      const onAbort = (): void => {
        this.#line.remove(caller, waiting);
        cancel();
        reject(signal.reason as Error);
      };
      const until = Math.min(deadline, began + this.#settings.maxQueueWaitMs);
      const cancel = this.#clock.after(Math.max(0, until - this.#clock.now()), () => this.#refuse(waiting));
      const waiting: Waiting = {
        since: began,
        settle: (admitted) => {
          signal.removeEventListener('abort', onAbort);
          cancel();
          this.#line.remove(caller, waiting);
          resolve(admitted);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      if (since === null) {
        this.#line.add(caller, waiting);
      } else {
        this.#line.addReturned(waiting);
      }
    });
  }

  #refuse(waiting: Waiting): void {
    waiting.settle({ outcome: 'overloaded', waitedMs: this.#clock.now() - waiting.since });
  }

  #take(): Ticket | undefined {
    const now = this.#clock.monotonic();
    const slots = this.#open.choose(this.#times.usualMs || 1, now);
    if (slots === undefined) {
      return undefined;
    }
    slots.inFlight += 1;
    this.#place(slots);
    return new SlotTicket(this, slots, now);
  }

  /** Among those that can get a request, or not. */
  #place(slots: ReplicaSlots): void {
    const most = slots.isOnTrial ? 1 : this.#settings.slots;
    if (slots.isListed && slots.reopens === null && slots.inFlight < most) {
      this.#open.add(slots);
    } else {
      this.#open.remove(slots);
    }
  }

  /** Of a ticket, that was given at `since`. */
  release(slots: ReplicaSlots, ended: Ended, since: number): void {
    if (ended === 'answered') {
      const now = this.#clock.monotonic();
      const tookMs = now - since;
      learnLatency(slots, tookMs, now);
      learnTime(this.#times, tookMs);
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
  rest(slots: ReplicaSlots, because: 'refusal' | 'connection'): void {
    slots.refusals += 1;
    this.#closeFor(slots, backoffDelay(because === 'connection' ? UNREACHABLE : REFUSED, slots.refusals));
    this.#free(slots);
  }

  #fail(slots: ReplicaSlots): void {
    if (slots.health.ejections > 0 && !slots.isOnTrial) {
      // It is out already: one that was on it before.
      return;
    }
    const { health, penaltyMs } = afterFailure(slots.health, {
      isOnTrial: slots.isOnTrial,
      replicas: this.#replicas.length,
      ejected: this.#replicas.filter((other) => other.health.ejections > 0).length,
      answers: this.#times.answers,
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

  #closeFor(slots: ReplicaSlots, milliseconds: number): void {
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

  #reopen(slots: ReplicaSlots): void {
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

  #free(slots: ReplicaSlots): void {
    slots.inFlight -= 1;
    if (slots.inFlight === 0) {
      this.#leaving.delete(slots);
    }
    this.#place(slots);
    this.#serveQueue();
  }

  #serveQueue(): void {
    while (this.#line.size > 0) {
      const ticket = this.#take();
      if (ticket === undefined) {
        return;
      }
      // Nobody else can have come between.
      this.#line.take()?.settle({ outcome: 'admitted', ticket });
    }
  }
}

/** A class, because there is one for each request. */
class SlotTicket implements Ticket {
  readonly #admission: Admission;
  readonly #slots: ReplicaSlots;
  readonly #since: number;

  constructor(admission: Admission, slots: ReplicaSlots, since: number) {
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
