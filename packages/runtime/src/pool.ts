/** The workers of a replica: requests wait in order for one with room; one that hangs or dies is replaced. */
import type { ReplicaFailure, ReplicaReport } from '@farled/contract';
import type { Cancel, Clock } from '@farled/service';

import type { AnswerStream } from './answer-stream.ts';
import type { EntryFacts } from './entry-facts.ts';
import { ANSWER, type AnswerFrame } from './frames.ts';
import type { WorkerRequest } from './worker-request.ts';
import { type AnswerOwner, Worker, type WorkerEnd } from './worker.ts';

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
  | { readonly outcome: 'answered'; readonly frame: AnswerFrame; readonly stream: AnswerStream | null }
  | { readonly outcome: 'timedOut' }
  /** Stopped, because nobody waits for it any more. */
  | { readonly outcome: 'abandoned' }
  | { readonly outcome: 'crashed'; readonly end: WorkerEnd };

/** A request that is being scored, or waits for it. */
export interface Scoring {
  /** Nobody waits for it any more: it leaves the line, or an asynchronous run() is stopped; another one goes on. */
  abandon(): void;
}

/** Workers may end by themselves this often in a row before the replica gives up. */
const MAXIMUM_CRASHES = 5;
/** The request that is scored, and the next. */
const AHEAD = 2;
/** An asynchronous run() may tidy up when it is out of time; one that does not even hear of it is killed. */
const CANCEL_MS = 1000;

export class Pool {
  readonly #parts: PoolParts;
  readonly #jobParts: JobParts;
  readonly #workers = new Set<Worker>();
  /** A worker is in here once for each request that it may still get. */
  readonly #slots: Worker[] = [];
  readonly #waiting = new Set<Job>();
  readonly #replaced = { crashed: 0, timedOut: 0 };
  /** Killed for the time they took: counted already when they end. */
  readonly #expired = new WeakSet<Worker>();
  #entry: EntryFacts | null = null;
  #crashesInARow = 0;
  #nextNumber = 1;
  #closing = false;

  constructor(parts: PoolParts) {
    this.#parts = parts;
    this.#jobParts = {
      scoringTimeoutMs: parts.scoringTimeoutMs,
      clock: parts.clock,
      over: (worker) => {
        if (this.#workers.has(worker)) {
          this.#crashesInARow = 0;
          this.#offer(worker);
        }
      },
      again: (job) => {
        const others = [...this.#waiting];
        this.#waiting.clear();
        [job, ...others].forEach((one) => this.#waiting.add(one));
      },
      left: (job) => this.#waiting.delete(job),
      kill: (worker) => {
        this.#expired.add(worker);
        this.#replaced.timedOut += 1;
        worker.kill();
      },
      endOf: (worker, end) => (this.#expired.has(worker) ? { outcome: 'timedOut' } : { outcome: 'crashed', end }),
    };
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
   * Scores when a worker has room.
   * @param waitsMs how long somebody waits for the answer; null: as long as it takes
   * @param onScored called once, later or at once
   */
  score(request: WorkerRequest, waitsMs: number | null, onScored: (scored: Scored) => void): Scoring {
    const job = new Job(this.#jobParts, request, waitsMs, onScored);
    const worker = this.#takeSlot();
    if (worker === undefined) {
      this.#waiting.add(job);
    } else {
      job.start(worker);
    }
    return job;
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
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#slots.push(worker);
    } else {
      this.#waiting.delete(next);
      next.start(worker);
    }
  }

  /**
   * What it gets at a time. Where there is but one worker, nobody else could take the next request: it is sent ahead, so
   * that the worker need not wait for it.
   */
  #room({ entry }: Worker): number {
    const { maxConcurrentRequests, workers } = this.#parts;
    return entry?.isAsynchronous === true ? maxConcurrentRequests : workers === 1 ? AHEAD : 1;
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
        for (let slot = 0; slot < this.#room(worker); slot += 1) {
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

interface JobParts {
  readonly scoringTimeoutMs: number;
  readonly clock: Clock;
  /** The worker of a job has room again, and is well. */
  readonly over: (worker: Worker) => void;
  /** It was sent ahead to a worker that ended: it goes before the others. */
  readonly again: (job: Job) => void;
  /** It left the line. */
  readonly left: (job: Job) => void;
  readonly kill: (worker: Worker) => void;
  /** How a worker that ended counts for its requests. */
  readonly endOf: (worker: Worker, end: WorkerEnd) => Scored;
}

class Job implements AnswerOwner, Scoring {
  readonly #parts: JobParts;
  readonly #request: WorkerRequest;
  readonly #onScored: (scored: Scored) => void;
  readonly #stopWaiting: Cancel | null;
  #worker: Worker | null = null;
  #number = 0;
  #cancelTimeout: Cancel | null = null;
  #isStopped = false;

  constructor(parts: JobParts, request: WorkerRequest, waitsMs: number | null, onScored: (scored: Scored) => void) {
    this.#parts = parts;
    this.#request = request;
    this.#onScored = onScored;
    this.#stopWaiting = waitsMs === null ? null : parts.clock.after(waitsMs, () => this.abandon());
  }

  start(worker: Worker): void {
    this.#worker = worker;
    this.#number = worker.score(this.#request, this);
  }

  onBegun(): void {
    const { clock, scoringTimeoutMs } = this.#parts;
    this.#cancelTimeout?.();
    this.#cancelTimeout = clock.after(scoringTimeoutMs, () => this.#expire());
  }

  onNotBegun(): void {
    this.#worker = null;
    this.#parts.again(this);
  }

  abandon(): void {
    if (this.#worker === null) {
      this.#parts.left(this);
      this.#end();
      this.#onScored({ outcome: 'abandoned' });
    } else if (this.#worker.entry?.isAsynchronous === true) {
      this.#worker.cancel(this.#number);
    }
  }

  onAnswer(frame: AnswerFrame, stream: AnswerStream | null): void {
    if (stream !== null) {
      this.#stopWaiting?.();
      this.#onScored({ outcome: 'answered', frame, stream });
      return;
    }
    this.#over();
    // Only one that was told to stop ends without having begun.
    const stopped = this.#isStopped ? 'timedOut' : 'abandoned';
    this.#onScored(frame.kind === ANSWER.end ? { outcome: stopped } : { outcome: 'answered', frame, stream });
  }

  onStreamOver(): void {
    this.#over();
  }

  onWorkerGone(end: WorkerEnd): void {
    this.#end();
    if (this.#worker !== null) {
      this.#onScored(this.#parts.endOf(this.#worker, end));
    }
  }

  #over(): void {
    this.#end();
    if (this.#worker !== null) {
      this.#parts.over(this.#worker);
    }
  }

  #end(): void {
    this.#stopWaiting?.();
    this.#cancelTimeout?.();
  }

  #expire(): void {
    const { clock, kill } = this.#parts;
    const worker = this.#worker;
    if (worker === null) {
      return;
    }
    if (worker.entry?.isAsynchronous !== true) {
      kill(worker);
      return;
    }
    this.#isStopped = true;
    worker.stop(this.#number, new Error('run() took longer than the scoring timeout'));
    clock.after(CANCEL_MS, () => {
      if (worker.has(this.#number)) {
        kill(worker);
      }
    });
  }
}

export function describeEnd({ code, signal }: WorkerEnd): string {
  return signal === null ? `with exit code ${code ?? 'unknown'}` : `by ${signal}`;
}
