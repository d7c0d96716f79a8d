/** One Python process: started, given one request at a time, ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';

import type { ReplicaFailure } from '@farled/contract';
import type { Clock } from '@farled/service';

import type { EntryFacts } from './entry-facts.ts';
import { ANSWER, type AnswerFrame, AnswerReader, requestPrefix } from './frames.ts';
import { encodeHead, type WorkerRequest } from './worker-request.ts';

export interface WorkerParts {
  readonly python: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly number: number;
  readonly clock: Clock;
  /** Every line that the worker writes. */
  readonly onLine: (line: string) => void;
  /** Called once, when the process is gone. */
  readonly onExit: (worker: Worker, end: WorkerEnd) => void;
}

export interface WorkerEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** What it said before it ended, when its entry script could not be started. */
  readonly failure: ReplicaFailure | null;
}

/** The interpreter ended while it scored; the end says how. */
export class WorkerGone extends Error {
  readonly end: WorkerEnd;

  constructor(end: WorkerEnd) {
    super('The worker process ended');
    this.end = end;
  }
}

/** Beside `src` and beside `dist`. */
const PYTHON_SOURCES = fileURLToPath(new URL('../python', import.meta.url));
/** How long to wait for the last lines of a process that is gone. */
const LAST_LINES_MS = 500;

export class Worker {
  readonly pid: number;
  readonly ready: Promise<void>;
  readonly #child: ChildProcess;
  readonly #connection: Duplex;
  readonly #reader = new AnswerReader();
  readonly #becameReady = Promise.withResolvers<void>();
  #pending: PromiseWithResolvers<AnswerFrame> | null = null;
  #failure: ReplicaFailure | null = null;
  #entry: EntryFacts | null = null;
  #state: 'starting' | 'idle' | 'busy' = 'starting';

  constructor({ python, environment, number, clock, onLine, onExit }: WorkerParts) {
    const child = spawn(python, ['-u', '-m', 'farled_worker'], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: {
        ...environment,
        PYTHONPATH: [PYTHON_SOURCES, environment['PYTHONPATH']].filter(Boolean).join(':'),
        PYTHONIOENCODING: 'utf-8:backslashreplace',
        FARLED_WORKER: String(number),
        FARLED_FRONT_PID: String(process.pid),
      },
    });
    this.#child = child;
    this.pid = child.pid ?? 0;
    this.ready = this.#becameReady.promise;
    this.ready.catch(() => {});
    this.#connection = child.stdio[3] as Duplex;
    this.#connection.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#connection.on('error', () => child.kill('SIGKILL'));
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) {
        createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine);
      }
    }
    let gone = false;
    const ended = (code: number | null, signal: string | null): void => {
      if (gone) {
        return;
      }
      gone = true;
      const end: WorkerEnd = { code, signal, failure: this.#failure };
      this.#becameReady.reject(new WorkerGone(end));
      this.#pending?.reject(new WorkerGone(end));
      this.#pending = null;
      onExit(this, end);
    };
    child.on('error', (error) => {
      onLine(`The interpreter ${python} could not be started: ${error.message}`);
      ended(null, null);
    });
    // At `close` all that it wrote has been read; a process that it left behind may keep that from coming.
    child.on('close', ended);
    child.on('exit', (code, signal) => clock.after(LAST_LINES_MS, () => ended(code, signal)));
  }

  get state(): 'starting' | 'idle' | 'busy' {
    return this.#state;
  }

  /** What it said of its entry script; null until it is ready. */
  get entry(): EntryFacts | null {
    return this.#entry;
  }

  /** @throws WorkerGone when the process ends before it has answered. */
  score(request: WorkerRequest): Promise<AnswerFrame> {
    const pending = Promise.withResolvers<AnswerFrame>();
    this.#pending = pending;
    this.#state = 'busy';
    const { kind, body } = request;
    const head = encodeHead(request, this.#entry?.wantsHeaders === true);
    const length = body.reduce((sum, chunk) => sum + chunk.length, 0);
    this.#connection.cork();
    this.#connection.write(requestPrefix(kind, head.length, length));
    if (head.length > 0) {
      this.#connection.write(head);
    }
    for (const chunk of body) {
      this.#connection.write(chunk);
    }
    this.#connection.uncork();
    return pending.promise;
  }

  /** Lets it end by itself, as it does when nothing more can come; one that still starts has nothing to finish. */
  close(): void {
    if (this.#state === 'starting') {
      this.kill();
    } else {
      this.#connection.end();
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #receive(chunk: Buffer): void {
    for (const frame of this.#reader.push(chunk)) {
      if (frame.kind === ANSWER.ready) {
        this.#entry = JSON.parse(frame.body.toString()) as EntryFacts;
        this.#state = 'idle';
        this.#becameReady.resolve();
      } else if (frame.kind === ANSWER.failed) {
        this.#failure = JSON.parse(frame.body.toString()) as ReplicaFailure;
      } else {
        const pending = this.#pending;
        this.#pending = null;
        this.#state = 'idle';
        pending?.resolve(frame);
      }
    }
  }
}
