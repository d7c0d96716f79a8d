/** What of an answer is compared: its status and its body, which is not kept. */
import { createHash } from 'node:crypto';

export class AnswerDigest {
  status = 0;
  bytes = 0;
  readonly #hash = createHash('sha256');

  begin(status: number): void {
    this.status = status;
  }

  add(bytes: Buffer, start: number, end: number): void {
    this.bytes += end - start;
    this.#hash.update(bytes.subarray(start, end));
  }

  /** Once the answers are complete; called once. */
  equals(other: AnswerDigest): boolean {
    return (
      this.status === other.status && this.bytes === other.bytes && this.#hash.digest().equals(other.#hash.digest())
    );
  }
}
