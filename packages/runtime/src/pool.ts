/** The workers of a replica: requests wait in order for one with room; one that hangs or dies is replaced. */
import type { ReplicaFailure, ReplicaReport } from '@farled/contract';
import type { Clock } from '@farled/service';

import type { EntryFacts } from './entry-facts.ts';
import { ANSWER } from './frames.ts';
import type { WorkerRequest } from './worker-request.ts';
import { type Answered, type Scoring, Worker, type WorkerEnd, WorkerGone } from './worker.ts';

export interface PoolParts {
  readonly python: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workers: number;
  readonly scoringTimeoutMs: number;
  /** What a worker whose run() is asynchronous gets at a time; others get one. */
  readonly maxConcurrentRequests: number;
  readonly clock: Clock;
  readonly onLine: (line: string) => void;
  /** The entry script can't be started, at first or anew: the replica has to end. */
  readonly onFailure: (failure: ReplicaFailure) => void;
}

export type Scored =
  | ({ readonly outcome: 'answered' } & Answered)
  | { readonly outcome: 'timedOut' }
  /** Stopped, because nobody waits for it. */
  | { readonly outcome: 'abandoned' }
  | { readonly outcome: 'crashed'; readonly end: WorkerEnd };

interface Waiting {
  readonly request: WorkerRequest;
  readonly signal: AbortSignal;
  readonly settle: (scored: Promise<Scored>) => void;
}

/** Workers may end by themselves this often in a row before the replica gives up. */
const MAXIMUM_CRASHES = 5;
/** An asynchronous run() may tidy up when it is out of time; one that does not even hear of it is killed. */
const CANCEL_MS = 1000;

export class Pool {
  readonly #parts: PoolParts;
  readonly #workers = new Set<Worker>();
  /** A worker is in here once for each request that it may still get. */
  readonly #slots: Worker[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #replaced = { crashed: 0, timedOut: 0 };
  /** Killed for the time they took: counted already when they end. */
  readonly #expired = new WeakSet<Worker>();
  /** Out of time, and told so. */
  readonly #stopped = new WeakSet<Scoring>();
  #entry: EntryFacts | null = null;
  #crashesInARow = 0;
  #nextNumber = 1;
  #closing = false;

  constructor(parts: PoolParts) {
    this.#parts = parts;
  }

  /** Resolves when every worker's init() has returned; a failure goes to `onFailure`. */
  async start(): Promise<void> {
    const started = Array.from({ length: this.#parts.workers }, () => this.#startWorker());
    await Promise.all(started.map((worker) => worker.ready));
  }

  /** What the first worker said of the entry script; null until it has. */
  get entry(): EntryFacts | null {
    return this.#entry;
  }

  get report(): Pick<ReplicaReport, 'workers' | 'replaced'> {
    return {
      workers: [...this.#workers].map(({ pid, state }) => ({ pid, state })),
      replaced: { ...this.#replaced },
    };
  }

  get pids(): readonly number[] {
    return [...this.#workers].map(({ pid }) => pid);
  }

  /**
   * Scores when a worker has room. An abort takes a request out of the line, and stops an asynchronous run(); another
   * one goes on.
   */
  score(request: WorkerRequest, signal: AbortSignal): Promise<Scored> {
    const worker = this.#takeSlot();
    if (worker !== undefined) {
      return this.#scoreOn(worker, request, signal);
    }
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal.reason as Error);
      };
      const waiting: Waiting = {
        request,
        signal,
        settle: (scored) => {
          signal.removeEventListener('abort', onAbort);
          resolve(scored);
        },
      };
      this.#waiting.push(waiting);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** For when nothing is being scored any more. */
  close(): void {
    this.#closing = true;
    for (const worker of this.#workers) {
      worker.close();
    }
  }

  kill(): void {
    this.#closing = true;
    for (const worker of this.#workers) {
      worker.kill();
    }
  }

  async #scoreOn(worker: Worker, request: WorkerRequest, signal: AbortSignal): Promise<Scored> {
    const scoring = worker.score(request);
    const cancel = this.#parts.clock.after(this.#parts.scoringTimeoutMs, () => this.#expire(worker, scoring));
    const onGone = (): void => worker.cancel(scoring.number);
    const isAsynchronous = worker.entry?.isAsynchronous === true;
    if (isAsynchronous) {
      signal.addEventListener('abort', onGone, { once: true });
    }
    const over = (): void => {
      cancel();
      if (isAsynchronous) {
        signal.removeEventListener('abort', onGone);
      }
      this.#offer(worker);
    };
    try {
      const answered = await scoring.answered;
      this.#crashesInARow = 0;
      if (answered.stream !== null) {
        void answered.stream.over.then(over);
        return { outcome: 'answered', ...answered };
      }
      over();
      if (answered.frame.kind !== ANSWER.end) {
        return { outcome: 'answered', ...answered };
      }
      return { outcome: this.#stopped.has(scoring) ? 'timedOut' : 'abandoned' };
    } catch (error) {
      cancel();
      if (!(error instanceof WorkerGone)) {
        throw error;
      }
      if (this.#expired.has(worker)) {
        this.#replaced.timedOut += 1;
        return { outcome: 'timedOut' };
      }
      return { outcome: 'crashed', end: error.end };
    }
  }

  #expire(worker: Worker, scoring: Scoring): void {
    const kill = (): void => {
      this.#expired.add(worker);
      worker.kill();
    };
    if (worker.entry?.isAsynchronous !== true) {
      kill();
      return;
    }
    this.#stopped.add(scoring);
    worker.stop(scoring.number, new Error(`run() took longer than the scoring timeout`));
    this.#parts.clock.after(CANCEL_MS, () => {
      if (worker.has(scoring.number)) {
        kill();
      }
    });
  }

  #takeSlot(): Worker | undefined {
    if (this.#entry?.isAsynchronous !== true) {
      return this.#slots.pop();
    }
    let best = 0;
    for (let index = 1; index < this.#slots.length; index += 1) {
      if ((this.#slots[index]?.inFlight ?? 0) < (this.#slots[best]?.inFlight ?? 0)) {
        best = index;
      }
    }
    return this.#slots.splice(best, 1)[0];
  }

  /** It has room for one more request. */
  #offer(worker: Worker): void {
    if (!this.#workers.has(worker)) {
      return;
    }
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#slots.push(worker);
    } else {
      next.settle(this.#scoreOn(worker, next.request, next.signal));
    }
  }

  #startWorker(): Worker {
    const { python, environment, clock, onLine } = this.#parts;
    const worker = new Worker({
      python,
      environment,
      clock,
      number: this.#nextNumber++,
      onLine,
      onExit: (gone, end) => this.#onExit(gone, end),
    });
    this.#workers.add(worker);
    worker.ready.then(
      () => {
        this.#entry ??= worker.entry;
        const room = worker.entry?.isAsynchronous === true ? this.#parts.maxConcurrentRequests : 1;
        for (let slot = 0; slot < room; slot += 1) {
          this.#offer(worker);
        }
      },
      () => {},
    );
    return worker;
  }

  #onExit(worker: Worker, end: WorkerEnd): void {
    this.#workers.delete(worker);
    const free = this.#slots.filter((other) => other !== worker);
    this.#slots.splice(0, this.#slots.length, ...free);
    if (this.#closing) {
      return;
    }
    if (end.failure !== null) {
      this.#parts.onFailure(end.failure);
      return;
    }
    if (this.#expired.has(worker)) {
      this.#parts.onLine(`The worker process ${worker.pid} took longer than the scoring timeout; it is replaced.`);
    } else {
      this.#replaced.crashed += 1;
      this.#crashesInARow += 1;
      this.#parts.onLine(`The worker process ${worker.pid} ended ${describeEnd(end)}; it is replaced.`);
    }
    if (worker.state === 'starting' || this.#crashesInARow >= MAXIMUM_CRASHES) {
      this.#parts.onFailure({
        code: 'DeploymentCrashLoopBackOff',
        message: `The Python process ended ${describeEnd(end)}${worker.state === 'starting' ? ' while the entry script started' : ''}.`,
        traceback: '',
      });
      return;
    }
    this.#startWorker();
  }
}

export function describeEnd({ code, signal }: WorkerEnd): string {
  return signal === null ? `with exit code ${code ?? 'unknown'}` : `by ${signal}`;
}
