/** One request that was copied: takes its answer on the way to the client, and compares it with that of the copy. */
import type { AnswerSink, ResponseHead } from '@farled/http';

import { AnswerDigest } from './answer-digest.ts';
import type { Copy, MirroredRequest } from './copy.ts';

export type Compared = 'same' | 'different' | 'failed' | 'skipped';

export interface ComparisonParts {
  /** Of the request itself. */
  readonly client: AnswerSink;
  /** Called once. */
  readonly onCompared: (comparison: Comparison, compared: Compared) => void;
}

export class Comparison implements AnswerSink {
  readonly answer = new AnswerDigest();
  /** Of the copy; null: it was not answered. */
  copied: AnswerDigest | null = null;
  readonly #parts: ComparisonParts;
  #copy: Copy | null = null;
  #requestId = '';
  #isAnswered = false;
  #isCopyDone = false;
  #isOver = false;

  constructor(parts: ComparisonParts) {
    this.#parts = parts;
  }

  get requestId(): string {
    return this.#requestId;
  }

  /** Called once, before all else. */
  takeCopy(copy: Copy): void {
    this.#copy = copy;
  }

  /** After the request itself is on its way; called once. */
  sendCopy(request: MirroredRequest): void {
    this.#requestId = request.requestId;
    this.#copy?.send(request);
  }

  /** The request itself was answered by its version. */
  onAnswered(): void {
    this.#isAnswered = true;
    this.#compare();
  }

  onCopyAnswered(answer: AnswerDigest | null): void {
    this.copied = answer;
    this.#isCopyDone = true;
    this.#compare();
  }

  /** The request got no answer of its version: there is nothing to compare. */
  abandon(): void {
    if (!this.#isOver) {
      this.#copy?.cancel();
      this.#end('skipped');
    }
  }

  answerHead(head: ResponseHead, status: number): void {
    this.answer.begin(status);
    this.#parts.client.answerHead(head, status);
  }

  answerBody(bytes: Buffer, start: number, end: number): boolean {
    this.answer.add(bytes, start, end);
    return this.#parts.client.answerBody(bytes, start, end);
  }

  answerEnd(): void {
    this.#parts.client.answerEnd();
  }

  answerFlush(): void {
    this.#parts.client.answerFlush();
  }

  #compare(): void {
    if (!this.#isOver && this.#isAnswered && this.#isCopyDone) {
      this.#end(this.copied === null ? 'failed' : this.answer.equals(this.copied) ? 'same' : 'different');
    }
  }

  #end(compared: Compared): void {
    this.#isOver = true;
    this.#copy = null;
    this.#parts.onCompared(this, compared);
  }
}
