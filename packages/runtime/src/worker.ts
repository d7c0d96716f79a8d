/** One Python process: started, given requests, ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';

import type { ReplicaFailure } from '@farled/contract';
import type { Clock } from '@farled/service';

import { AnswerStream } from './answer-stream.ts';
import type { EntryFacts } from './entry-facts.ts';
import { ANSWER, type AnswerFrame, AnswerReader, creditFrame, NoFrame, REQUEST, requestPrefix } from './frames.ts';
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

/** Who waits for an answer: `onAnswer`, `onWorkerGone` or `onNotBegun` is called, once. */
export interface AnswerOwner {
  /** The worker has nothing before it to do. */
  onBegun(): void;
  /** The whole answer, or the head of one that comes piece by piece. */
  onAnswer(frame: AnswerFrame, stream: AnswerStream | null): void;
  /** The worker has said all of a stream, or is gone. */
  onStreamOver(): void;
  /** The process ended before it answered. */
  onWorkerGone(end: WorkerEnd): void;
  /** The process ended before it came to this request. */
  onNotBegun(): void;
}

interface Pending {
  readonly owner: AnswerOwner;
  stream: AnswerStream | null;
}

/** Why it never became ready. */
class WorkerGone extends Error {}

/** Copied into one piece, which costs less than several. */
const INLINE_BYTES = 16 * 1024;
/** Numbers of requests have 32 bits. */
const LARGEST_NUMBER = 0xff_ff_ff_ff;
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
  /** By their number: one, or several when run() is asynchronous. */
  readonly #pending = new Map<number, Pending>();
  #nextNumber = 1;
  #failure: ReplicaFailure | null = null;
  #entry: EntryFacts | null = null;
  #isReady = false;

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
    this.#connection.on('data', (chunk: Buffer) => this.#receive(chunk, onLine));
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
      const cause = new WorkerGone('The worker process ended');
      this.#becameReady.reject(cause);
      const left = [...this.#pending.values()];
      this.#pending.clear();
      onExit(this, end);
      left.forEach(({ owner, stream }, place) => {
        if (stream !== null) {
          stream.fail(cause);
          owner.onStreamOver();
        } else if (place === 0 || this.#isAsynchronous) {
          owner.onWorkerGone(end);
        } else {
          owner.onNotBegun();
        }
      });
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
    return !this.#isReady ? 'starting' : this.#pending.size === 0 ? 'idle' : 'busy';
  }

  get inFlight(): number {
    return this.#pending.size;
  }

  /** What it said of its entry script; null until it is ready. */
  get entry(): EntryFacts | null {
    return this.#entry;
  }

  /** Answers the number that the request is known by until it is answered. */
  score(request: WorkerRequest, owner: AnswerOwner): number {
    const number = this.#nextNumber;
    this.#nextNumber = number === LARGEST_NUMBER ? 1 : number + 1;
    this.#pending.set(number, { owner, stream: null });
    if (this.#isAsynchronous || this.#pending.size === 1) {
      owner.onBegun();
    }
    const { kind, body } = request;
    const head = encodeHead(request, this.#entry?.wantsHeaders === true);
    const length = body.reduce((sum, chunk) => sum + chunk.length, 0);
    const frame = [requestPrefix(kind, number, head.length, length), head, ...body];
    if (head.length + length <= INLINE_BYTES) {
      this.#connection.write(Buffer.concat(frame));
      return number;
    }
    this.#connection.cork();
    frame.forEach((piece) => this.#connection.write(piece));
    this.#connection.uncork();
    return number;
  }

  /** Nobody waits for that answer: a script that can stop does, and says so; another one goes on. */
  cancel(number: number): void {
    if (this.#pending.has(number)) {
      this.#connection.write(requestPrefix(REQUEST.cancel, number, 0, 0));
    }
  }

  /** As cancel; and what has come of the answer is not to be taken for all of it. */
  stop(number: number, because: Error): void {
    this.cancel(number);
    this.#pending.get(number)?.stream?.fail(because);
  }

  /** Whether it still owes the end of that answer. */
  has(number: number): boolean {
    return this.#pending.has(number);
  }

  /** Lets it end by itself, as it does when nothing more can come; one that still starts has nothing to finish. */
  close(): void {
    if (!this.#isReady) {
      this.kill();
    } else {
      this.#connection.end();
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #receive(chunk: Buffer, onLine: (line: string) => void): void {
    try {
      for (const frame of this.#reader.push(chunk)) {
        this.#take(frame);
      }
    } catch (error) {
      if (!(error instanceof NoFrame || error instanceof SyntaxError)) {
        throw error;
      }
      onLine(`The worker process ${this.pid} wrote ${error.message} on file descriptor 3, which is Farled's own.`);
      this.#connection.destroy();
      this.kill();
    }
  }

  #take(frame: AnswerFrame): void {
    if (frame.kind === ANSWER.ready) {
      this.#entry = JSON.parse(frame.body.toString()) as EntryFacts;
      this.#isReady = true;
      this.#becameReady.resolve();
      return;
    }
    if (frame.kind === ANSWER.failed) {
      this.#failure = JSON.parse(frame.body.toString()) as ReplicaFailure;
      return;
    }
    const pending = this.#pending.get(frame.number);
    if (pending === undefined) {
      throw new NoFrame(`an answer to request ${frame.number}, which it does not have,`);
    }
    if (pending.stream === null && (frame.kind === ANSWER.chunk || frame.kind === ANSWER.broken)) {
      throw new NoFrame('a piece of an answer that has not begun');
    }
    switch (frame.kind) {
      case ANSWER.stream:
        pending.stream = this.#openStream(frame.number);
        pending.owner.onAnswer(frame, pending.stream);
        return;
      case ANSWER.chunk:
        pending.stream?.push(frame.body);
        return;
      default:
        this.#pending.delete(frame.number);
        this.#endAnswer(pending, frame);
        this.#beginNext();
    }
  }

  /** Of those that were sent ahead. */
  #beginNext(): void {
    if (!this.#isAsynchronous) {
      const [next] = this.#pending.values();
      next?.owner.onBegun();
    }
  }

  get #isAsynchronous(): boolean {
    return this.#entry?.isAsynchronous === true;
  }

  #endAnswer({ owner, stream }: Pending, frame: AnswerFrame): void {
    if (stream === null) {
      owner.onAnswer(frame, stream);
      return;
    }
    if (frame.kind === ANSWER.end) {
      stream.end();
    } else {
      stream.fail(new Error('run() raised in the middle of its answer'));
    }
    owner.onStreamOver();
  }

  #openStream(number: number): AnswerStream {
    return new AnswerStream({
      taken: (bytes) => this.#connection.write(creditFrame(number, bytes)),
      unwanted: () => this.cancel(number),
    });
  }
}
