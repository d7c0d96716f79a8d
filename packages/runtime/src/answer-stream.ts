/** An answer that a worker sends piece by piece. */
export interface StreamReader {
  onPiece(bytes: Buffer): void;
  /** That was all. */
  onStreamEnd(): void;
  /** What came is not all, and no more comes. */
  onStreamFailure(error: Error): void;
}

export interface AnswerStreamParts {
  /** So many bytes have been passed on: the worker may send as many more. */
  readonly taken: (bytes: number) => void;
  /** Nobody waits for the rest any more. */
  readonly unwanted: () => void;
}

export class AnswerStream {
  readonly #parts: AnswerStreamParts;
  #reader: StreamReader | null = null;
  #isWanted = true;
  #isOver = false;

  constructor(parts: AnswerStreamParts) {
    this.#parts = parts;
  }

  /** Called at once, before anything comes. */
  read(reader: StreamReader): void {
    this.#reader = reader;
  }

  /** Of the reader: it has room for so many more bytes. */
  taken(bytes: number): void {
    if (!this.#isOver) {
      this.#parts.taken(bytes);
    }
  }

  /** Of the reader: what still comes is let through, so that the worker comes to its end. */
  abandon(): void {
    if (this.#isWanted && !this.#isOver) {
      this.#isWanted = false;
      this.#parts.unwanted();
    }
  }

  push(bytes: Buffer): void {
    if (this.#isWanted && !this.#isOver) {
      this.#reader?.onPiece(bytes);
    } else {
      this.#parts.taken(bytes.length);
    }
  }

  end(): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#reader?.onStreamEnd();
    }
  }

  fail(error: Error): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#reader?.onStreamFailure(error);
    }
  }
}
