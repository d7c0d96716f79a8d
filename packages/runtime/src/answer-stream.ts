/** An answer that a worker sends piece by piece. */
import { Readable } from 'node:stream';

export interface AnswerStreamParts {
  /** So many bytes have been passed on: the worker may send as many more. */
  readonly taken: (bytes: number) => void;
  /** Nobody waits for the rest any more; called once, unless it has ended. */
  readonly unwanted: () => void;
}

export class AnswerStream {
  readonly chunks: Readable;
  readonly #parts: AnswerStreamParts;
  readonly #over = Promise.withResolvers<void>();
  #isOver = false;

  constructor(parts: AnswerStreamParts) {
    this.#parts = parts;
    this.chunks = new Readable({ read: () => {} });
    // It fails for whoever reads it.
    this.chunks.on('error', () => {});
    this.chunks.once('close', () => {
      if (!this.#isOver) {
        parts.unwanted();
      }
    });
  }

  /** Resolves when the worker has nothing more to say of it. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  /** Of the worker. What nobody reads is let through, so that the worker comes to its end. */
  push(chunk: Buffer): void {
    if (this.chunks.destroyed) {
      this.#parts.taken(chunk.length);
    } else {
      this.chunks.push(chunk);
    }
  }

  /** Of the reader. */
  taken(bytes: number): void {
    if (!this.#isOver) {
      this.#parts.taken(bytes);
    }
  }

  end(): void {
    this.#finish();
    this.chunks.push(null);
  }

  fail(error: Error): void {
    this.#finish();
    this.chunks.destroy(error);
  }

  #finish(): void {
    this.#isOver = true;
    this.#over.resolve();
  }
}
