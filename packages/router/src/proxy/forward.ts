/** Sends one request to one replica and its answer back, streaming both ways. */
import { DEADLINE_HEADER } from '@farled/contract';
import type { AnswerSink, ResponseHead } from '@farled/http';
import type { Clock } from '@farled/service';

import type { UpstreamConnection, UpstreamUser } from '../upstream/upstream-connection.ts';
import type { UpstreamPool } from '../upstream/upstream-pool.ts';
import type { Body } from './body.ts';
import type { Deadline, Deadlines, Expiring } from './deadlines.ts';

/** Whose request it is. */
export interface ForwardOwner {
  /** A body that streams may be sent now. */
  onBodyWanted(): void;
  /** There is room for more of it. */
  onBodyDrain(): void;
  /** Called once. */
  onForwarded(forwarded: Forwarded): void;
  /** A fault of the router itself. */
  onFailure(error: unknown): void;
}

export interface Forwarding {
  readonly pool: UpstreamPool;
  readonly method: string;
  readonly path: string;
  /** Lines that pass to the replica. */
  readonly headers: string;
  readonly body: Body;
  readonly requestId: string;
  /** Milliseconds since the epoch, both. */
  readonly now: number;
  readonly deadline: number;
  readonly client: AnswerSink;
  readonly owner: ForwardOwner;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
}

export type Forwarded =
  /** The replica's answer went to the client. */
  | 'answered'
  /** The replica did not begin: another one may get the request. It said so itself, or can't be reached. */
  | 'refused'
  | 'unreachable'
  | 'timedOut'
  /** The connection broke before an answer came. */
  | 'broken';

/** Larger ones are not copied into the text of the head. */
const INLINE_BYTES = 8 * 1024;
const MODEL_FAILED = 500;

export class Forward implements UpstreamUser, Expiring {
  readonly #parts: Forwarding;
  readonly #connection: UpstreamConnection;
  #deadline: Deadline | null;
  /** Of a body that streams: whether a replica has begun to get it. */
  #hasBegunBody = false;
  #takesBody = false;
  #isSent = false;
  #status = 0;
  /** What the answer amounts to, if it is not to be passed on. */
  #instead: Forwarded | null = null;
  #isOver = false;

  constructor(parts: Forwarding) {
    this.#parts = parts;
    this.#deadline = parts.deadlines.add(parts.deadline, this);
    this.#connection = parts.pool.take();
    this.#connection.begin(this);
  }

  /** False when a replica may have a part of a body that can't be sent again. */
  get mayRepeat(): boolean {
    return !this.#hasBegunBody;
  }

  /** Whether a body that streams may be sent now. */
  get takesBody(): boolean {
    return this.#takesBody;
  }

  /** Of the answer, as it is passed on; 0 before there is one. */
  get status(): number {
    return this.#status;
  }

  start(): void {
    const { body } = this.#parts;
    if (body.kind === 'held') {
      this.#sendHeld(body.bytes);
    } else if (this.#connection.isConnected) {
      this.onConnected();
    }
  }

  /** A piece of a body that streams. False when that is much for now. */
  sendBody(bytes: Buffer): boolean {
    const { body } = this.#parts;
    this.#hasBegunBody = true;
    if (body.kind === 'streamed' && body.length === null) {
      this.#connection.cork();
      this.#connection.writeText(`${bytes.length.toString(16)}\r\n`);
      const hasRoom = this.#connection.writeBytes(bytes);
      this.#connection.writeText('\r\n');
      this.#connection.uncork();
      return hasRoom;
    }
    return this.#connection.writeBytes(bytes);
  }

  endBody(): void {
    const { body } = this.#parts;
    if (body.kind === 'streamed' && body.length === null) {
      this.#connection.writeText('0\r\n\r\n');
    }
    this.#isSent = true;
  }

  expire(): void {
    try {
      this.#end('timedOut');
    } catch (error) {
      this.onFailure(error);
    }
  }

  onAnswerDrain(): void {
    this.#connection.resume();
  }

  /** Nobody waits for the answer any more; `onForwarded` is not called. */
  cancel(): void {
    this.#isOver = true;
    this.#stopTimer();
    this.#connection.destroy();
  }

  onConnected(): void {
    const { body, owner } = this.#parts;
    if (body.kind === 'streamed') {
      this.#connection.writeText(
        this.#head(body.length === null ? 'transfer-encoding: chunked\r\n' : `content-length: ${body.length}\r\n`),
      );
      this.#takesBody = true;
      owner.onBodyWanted();
    }
  }

  onDrain(): void {
    this.#parts.owner.onBodyDrain();
  }

  onAnswerHead(head: ResponseHead): void {
    const { client, clock, deadline } = this.#parts;
    if (head.isNotExecuted) {
      this.#instead = 'refused';
      return;
    }
    if (head.status === MODEL_FAILED && clock.now() >= deadline) {
      // The replica's own clock was first: the same timeout.
      this.#instead = 'timedOut';
      return;
    }
    this.#stopTimer();
    // A failure of the model is told from one of the router by its status, as in the original.
    this.#status = head.status === MODEL_FAILED ? 502 : head.status;
    client.answerHead(head, this.#status);
  }

  onAnswerBody(bytes: Buffer, start: number, end: number): void {
    if (this.#instead === null && !this.#parts.client.answerBody(bytes, start, end)) {
      this.#connection.pause();
    }
  }

  onAnswerPause(): void {
    this.#parts.client.answerFlush();
  }

  onAnswerEnd(): boolean {
    this.#isOver = true;
    this.#stopTimer();
    // First the slot is free again: the end of an answer may be the beginning of the client's next request.
    this.#parts.owner.onForwarded(this.#instead ?? 'answered');
    if (this.#instead === null) {
      this.#parts.client.answerEnd();
    }
    return this.#isSent;
  }

  onLost(error: Error | null): void {
    this.#end(this.#neverArrived(error) ? 'unreachable' : 'broken');
  }

  onFailure(error: unknown): void {
    this.#stopTimer();
    this.#isOver = true;
    this.#parts.owner.onFailure(error);
  }

  /**
   * True when the replica can't have the whole request, and so did not begin: it begins when it has all of it. There was
   * no connection, or the system took less than all of the bytes because the other side had closed it. A connection that
   * closes after it took them says nothing of what became of them, even when not a byte came back.
   */
  #neverArrived(error: Error | null): boolean {
    if (!this.#connection.isConnected) {
      return true;
    }
    const { code, syscall } = (error ?? {}) as { readonly code?: string; readonly syscall?: string };
    return this.#parts.body.kind === 'held' && syscall === 'write' && (code === 'EPIPE' || code === 'ECONNRESET');
  }

  #end(forwarded: Forwarded): void {
    if (!this.#isOver) {
      this.cancel();
      this.#parts.owner.onForwarded(forwarded);
    }
  }

  #stopTimer(): void {
    if (this.#deadline !== null) {
      this.#parts.deadlines.remove(this.#deadline);
      this.#deadline = null;
    }
  }

  #head(framing: string): string {
    const { pool, method, path, headers, requestId, deadline, now } = this.#parts;
    const timeoutMs = Math.max(1, deadline - now);
    return `${method} ${path} HTTP/1.1\r\nhost: ${pool.host}\r\n${headers}x-request-id: ${requestId}\r\n${DEADLINE_HEADER}: ${timeoutMs}\r\n${framing}\r\n`;
  }

  #sendHeld(bytes: Buffer | null): void {
    this.#isSent = true;
    if (bytes === null) {
      this.#connection.writeText(this.#head(this.#parts.method === 'GET' ? '' : 'content-length: 0\r\n'));
      return;
    }
    const head = this.#head(`content-length: ${bytes.length}\r\n`);
    if (bytes.length <= INLINE_BYTES) {
      this.#connection.writeText(head + bytes.toString('latin1'));
    } else {
      this.#connection.cork();
      this.#connection.writeText(head);
      this.#connection.writeBytes(bytes);
      this.#connection.uncork();
    }
  }
}
