/** A copy of a request, on its way to the mirror version: nobody gets its answer. */
import type { AnswerSink, ResponseHead } from '@farled/http';
import type { Clock } from '@farled/service';

import type { CopyTicket } from '../../admission/admission.ts';
import type { Deadline, Deadlines, Expiring } from '../../proxy/deadlines.ts';
import { Forward, type Forwarded, type ForwardOwner } from '../../proxy/forward.ts';
import type { Service } from '../../service.ts';
import { AnswerDigest } from './answer-digest.ts';

/** What is sent twice. */
export interface MirroredRequest {
  readonly method: string;
  readonly path: string;
  /** Lines that pass to the replica. */
  readonly headers: string;
  readonly bytes: Buffer | null;
  readonly requestId: string;
}

export interface CopyParts {
  readonly service: Service;
  readonly ticket: CopyTicket;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  /** Called once, unless it is cancelled. Null: it was not answered, or not to its end in time. */
  readonly onAnswered: (answer: AnswerDigest | null) => void;
  /** A fault of the router itself. */
  readonly onFailure: (error: unknown) => void;
}

export class Copy implements ForwardOwner, AnswerSink, Expiring {
  readonly #parts: CopyParts;
  readonly #answer = new AnswerDigest();
  #forward: Forward | null = null;
  /** For the whole answer: an endless one would keep its slot. */
  #deadline: Deadline | null = null;
  #isOver = false;

  constructor(parts: CopyParts) {
    this.#parts = parts;
  }

  send({ method, path, headers, bytes, requestId }: MirroredRequest): void {
    const { service, ticket, clock, deadlines } = this.#parts;
    const now = clock.now();
    const deadline = now + service.route.scoringTimeoutMs;
    this.#deadline = deadlines.add(deadline, this);
    this.#forward = new Forward({
      pool: service.pool(ticket.replica),
      method,
      path,
      headers,
      body: { kind: 'held', bytes },
      requestId,
      now,
      deadline,
      client: this,
      owner: this,
      clock,
      deadlines,
    });
    this.#forward.start();
  }

  /** Its answer is of no use any more, or it is not to be sent. */
  cancel(): void {
    this.#forward?.cancel();
    this.#end();
  }

  expire(): void {
    this.cancel();
    this.#parts.onAnswered(null);
  }

  onForwarded(forwarded: Forwarded): void {
    this.#end();
    this.#parts.onAnswered(forwarded === 'answered' ? this.#answer : null);
  }

  onFailure(error: unknown): void {
    this.#end();
    this.#parts.onFailure(error);
    this.#parts.onAnswered(null);
  }

  answerHead(_head: ResponseHead, status: number): void {
    this.#answer.begin(status);
  }

  answerBody(bytes: Buffer, start: number, end: number): boolean {
    this.#answer.add(bytes, start, end);
    return true;
  }

  answerEnd(): void {
    // It was told of already.
  }

  answerFlush(): void {
    // Nothing is held back.
  }

  onBodyWanted(): void {
    // The body is there whole.
  }

  onBodyDrain(): void {
    // The body is there whole.
  }

  /** Nothing is left of it with the replica. */
  #end(): void {
    this.#forward = null;
    if (this.#deadline !== null) {
      this.#parts.deadlines.remove(this.#deadline);
      this.#deadline = null;
    }
    if (!this.#isOver) {
      this.#isOver = true;
      this.#parts.ticket.release();
      this.#parts.service.forgetIdle();
    }
  }
}
