/** Frames between front and worker; `python/farled_worker/frames.py` is the other side and describes them. */
export const REQUEST = { body: 1, query: 2, raw: 3 } as const;
export const ANSWER = {
  ok: 0,
  scriptRaised: 1,
  internal: 2,
  badInput: 3,
  response: 4,
  ready: 10,
  failed: 11,
} as const;

const TO_WORKER_BYTES = 9;
const TO_FRONT_BYTES = 13;

/** What a frame to the worker begins with; its head and body follow as they are. */
export function requestPrefix(kind: number, headLength: number, bodyLength: number): Buffer {
  const prefix = Buffer.allocUnsafe(TO_WORKER_BYTES);
  prefix.writeUInt8(kind, 0);
  prefix.writeUInt32BE(headLength, 1);
  prefix.writeUInt32BE(bodyLength, 5);
  return prefix;
}

export interface AnswerFrame {
  readonly kind: number;
  readonly milliseconds: number;
  readonly body: Buffer;
}

/** Puts frames together from chunks of any size. */
export class AnswerReader {
  #chunks: Buffer[] = [];
  #length = 0;
  /** Bytes of the frame that is being read, known once its head is there. */
  #wanted = TO_FRONT_BYTES;

  /** Answers every frame that is complete with this chunk. */
  push(chunk: Buffer): AnswerFrame[] {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    const frames: AnswerFrame[] = [];
    while (this.#length >= this.#wanted) {
      const [only] = this.#chunks;
      const bytes = only?.length === this.#length ? only : Buffer.concat(this.#chunks, this.#length);
      const total = TO_FRONT_BYTES + bytes.readUInt32BE(9);
      this.#wanted = total;
      if (bytes.length < total) {
        this.#chunks = [bytes];
        break;
      }
      frames.push({
        kind: bytes.readUInt8(0),
        milliseconds: bytes.readDoubleBE(1),
        body: bytes.subarray(TO_FRONT_BYTES, total),
      });
      const rest = bytes.subarray(total);
      this.#chunks = rest.length === 0 ? [] : [rest];
      this.#length = rest.length;
      this.#wanted = TO_FRONT_BYTES;
    }
    return frames;
  }
}
