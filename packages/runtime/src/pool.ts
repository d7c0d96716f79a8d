/** The workers of a replica: requests wait in order for an idle one; one that hangs or dies is replaced. */
import type { ReplicaFailure, ReplicaReport } from '@farled/contract';
import type { Clock } from '@farled/service';

import type { EntryFacts } from './entry-facts.ts';
import type { AnswerFrame } from './frames.ts';
import type { WorkerRequest } from './worker-request.ts';
import { Worker, type WorkerEnd, WorkerGone } from './worker.ts';

export interface PoolParts {
  readonly python: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workers: number;
  readonly scoringTimeoutMs: number;
  readonly clock: Clock;
  readonly onLine: (line: string) => void;
  /** The entry script can't be started, at first or anew: the replica has to end. */
  readonly onFailure: (failure: ReplicaFailure) => void;
}

export type Scored =
  | { readonly outcome: 'answered'; readonly frame: AnswerFrame }
  | { readonly outcome: 'timedOut' }
  | { readonly outcome: 'crashed'; readonly end: WorkerEnd };

interface Waiting {
  readonly request: WorkerRequest;
  readonly settle: (scored: Promise<Scored>) => void;
}

/** Workers may end by themselves this often in a row before the replica gives up. */
const MAXIMUM_CRASHES = 5;

export class Pool {
  readonly #parts: PoolParts;
  readonly #workers = new Set<Worker>();
  readonly #idle: Worker[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #replaced = { crashed: 0, timedOut: 0 };
  /** Killed for the time they took: counted already when they end. */
  readonly #expired = new WeakSet<Worker>();
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

  /** Scores when a worker is idle. An abort takes a request out of the line; one that is being scored goes on. */
  score(request: WorkerRequest, signal: AbortSignal): Promise<Scored> {
    const worker = this.#idle.pop();
    if (worker !== undefined) {
      return this.#scoreOn(worker, request);
    }
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal.reason as Error);
      };
      const waiting: Waiting = {
        request,
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

  async #scoreOn(worker: Worker, request: WorkerRequest): Promise<Scored> {
    const cancel = this.#parts.clock.after(this.#parts.scoringTimeoutMs, () => {
      this.#expired.add(worker);
      worker.kill();
    });
    try {
      const frame = await worker.score(request);
      this.#crashesInARow = 0;
      this.#offer(worker);
      return { outcome: 'answered', frame };
    } catch (error) {
      if (!(error instanceof WorkerGone)) {
        throw error;
      }
      if (this.#expired.has(worker)) {
        this.#replaced.timedOut += 1;
        return { outcome: 'timedOut' };
      }
      return { outcome: 'crashed', end: error.end };
    } finally {
      cancel();
    }
  }

  #offer(worker: Worker): void {
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#idle.push(worker);
    } else {
      next.settle(this.#scoreOn(worker, next.request));
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
        this.#offer(worker);
      },
      () => {},
    );
    return worker;
  }

  #onExit(worker: Worker, end: WorkerEnd): void {
    this.#workers.delete(worker);
    const idle = this.#idle.indexOf(worker);
    if (idle !== -1) {
      this.#idle.splice(idle, 1);
    }
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
