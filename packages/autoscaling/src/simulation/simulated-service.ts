/** A service in the middle of a simulation: its replicas, what is on them, who waits, and what became of whom. */
import { Completions } from './completions.ts';
import type { Seen, SimulationSettings } from './scaler.ts';
import type { Request } from './trace.ts';

interface Replica {
  readonly readyAt: number;
  inFlight: number;
  /** Not asked for any more: ends with its last request. */
  isLeaving: boolean;
}

export class SimulatedService {
  readonly #settings: SimulationSettings;
  readonly #durationMs: number;
  /** Both oldest first. */
  readonly #ready: Replica[];
  readonly #starting: Replica[] = [];
  readonly #queue: Request[] = [];
  readonly #completions = new Completions<{ readonly at: number; readonly replica: Replica }>();
  #leaving = 0;
  #busy = 0;
  #inflightMs = 0;
  #lookedAt = 0;
  #arrived = 0;
  #answered = 0;
  /** Milliseconds that each answered request waited for its slot. */
  readonly waits: number[] = [];
  refused = 0;
  now = 0;
  replicaMs = 0;

  constructor(settings: SimulationSettings, durationMs: number) {
    this.#settings = settings;
    this.#durationMs = durationMs;
    this.#ready = Array.from({ length: settings.initialReplicas }, () => ({
      readyAt: 0,
      inFlight: 0,
      isLeaving: false,
    }));
  }

  /** When something happens here of itself; never, when all is at rest. */
  get nextAt(): number {
    return Math.min(this.#completions.nextAt, this.#starting[0]?.readyAt ?? Number.POSITIVE_INFINITY, this.#refusalAt);
  }

  get #refusalAt(): number {
    const [first] = this.#queue;
    return first === undefined ? Number.POSITIVE_INFINITY : first.at + this.#settings.maxQueueWaitMs;
  }

  /** Lets all happen that is due. A slot that is free in the moment a request would be refused is still in time. */
  advance(now: number): void {
    this.#account(now);
    while (this.#completions.nextAt <= now) {
      this.#complete();
    }
    for (let [first] = this.#starting; first !== undefined && first.readyAt <= now; [first] = this.#starting) {
      this.#starting.shift();
      this.#ready.push(first);
    }
    this.#serveQueue();
    while (this.#refusalAt <= now) {
      this.#queue.shift();
      this.refused += 1;
    }
  }

  arrive(request: Request): void {
    this.#arrived += 1;
    this.#queue.push(request);
    this.#serveQueue();
  }

  look(): Seen {
    const elapsedMs = this.now - this.#lookedAt;
    const inflight = this.#busy + this.#queue.length;
    const meanInflight = elapsedMs === 0 ? inflight : this.#inflightMs / elapsedMs;
    this.#inflightMs = 0;
    this.#lookedAt = this.now;
    const [arrived, answered] = [this.#arrived, this.#answered];
    this.#arrived = 0;
    this.#answered = 0;
    return {
      now: this.now,
      busy: this.#busy,
      queued: this.#queue.length,
      meanInflight,
      asked: this.#ready.length + this.#starting.length,
      ready: this.#ready.length,
      arrived,
      answered,
    };
  }

  /** As Kubernetes does: those that are not ready go first, then the youngest. */
  scaleTo(replicas: number): void {
    while (this.#ready.length + this.#starting.length < replicas) {
      this.#starting.push({ readyAt: this.now + this.#settings.replicaStartMs, inFlight: 0, isLeaving: false });
    }
    while (this.#ready.length + this.#starting.length > replicas) {
      const gone = this.#starting.pop() ?? this.#ready.pop();
      if (gone !== undefined && gone.inFlight > 0) {
        gone.isLeaving = true;
        this.#leaving += 1;
      }
    }
  }

  /** What a replica costs it costs from the moment it is asked for until it is gone, while the trace lasts. */
  #account(now: number): void {
    const alive = this.#ready.length + this.#starting.length + this.#leaving;
    this.replicaMs += alive * Math.max(0, Math.min(now, this.#durationMs) - this.now);
    this.#inflightMs += (this.#busy + this.#queue.length) * (now - this.now);
    this.now = now;
  }

  #complete(): void {
    const replica = this.#completions.take()?.replica;
    if (replica === undefined) {
      return;
    }
    this.#busy -= 1;
    this.#answered += 1;
    replica.inFlight -= 1;
    if (replica.isLeaving && replica.inFlight === 0) {
      this.#leaving -= 1;
    }
  }

  #serveQueue(): void {
    for (let [first] = this.#queue; first !== undefined; [first] = this.#queue) {
      const replica = this.#leastLoaded();
      if (replica === undefined) {
        return;
      }
      this.#queue.shift();
      this.waits.push(this.now - first.at);
      this.#busy += 1;
      replica.inFlight += 1;
      this.#completions.add({ at: this.now + first.serviceMs, replica });
    }
  }

  #leastLoaded(): Replica | undefined {
    let best: Replica | undefined;
    for (const replica of this.#ready) {
      if (replica.inFlight < (best?.inFlight ?? this.#settings.maxConcurrentRequestsPerContainer)) {
        best = replica;
        if (replica.inFlight === 0) {
          break;
        }
      }
    }
    return best;
  }
}
