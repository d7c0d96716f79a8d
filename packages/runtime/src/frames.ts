/** Frames between front and worker; `python/farled_worker/frames.py` is the other side and describes them. */
export const REQUEST = { body: 1, query: 2, raw: 3, credit: 4, cancel: 5 } as const;
export const ANSWER = {
  ok: 0,
  scriptRaised: 1,
  internal: 2,
  badInput: 3,
  response: 4,
  stream: 5,
  chunk: 6,
  end: 7,
  broken: 8,
  ready: 10,
  failed: 11,
} as const;

const KINDS: ReadonlySet<number> = new Set(Object.values(ANSWER));
const TO_WORKER_BYTES = 13;
const TO_FRONT_BYTES = 17;
const BODY_LENGTH_AT = 13;
const LARGEST_BODY_BYTES = 1024 ** 3;

/** What a frame to the worker begins with; its head and body follow as they are. */
export function requestPrefix(kind: number, number: number, headLength: number, bodyLength: number): Buffer {
  const prefix = Buffer.allocUnsafe(TO_WORKER_BYTES);
  prefix.writeUInt8(kind, 0);
  prefix.writeUInt32BE(number, 1);
  prefix.writeUInt32BE(headLength, 5);
  prefix.writeUInt32BE(bodyLength, 9);
  return prefix;
}

/** That so many more bytes of a stream are taken. */
export function creditFrame(number: number, bytes: number): Buffer {
  const count = Buffer.allocUnsafe(4);
  count.writeUInt32BE(bytes);
  return Buffer.concat([requestPrefix(REQUEST.credit, number, 0, count.length), count]);
}

export interface AnswerFrame {
  readonly kind: number;
  /** Of the request. */
  readonly number: number;
  readonly milliseconds: number;
  readonly body: Buffer;
}

/** What came is no frame: somebody else writes on the worker's connection, and nothing on it can be believed. */
export class NoFrame extends Error {}

/** Puts frames together from chunks of any size. */
export class AnswerReader {
  #chunks: Buffer[] = [];
  #length = 0;
  /** Bytes of the frame that is being read, known once its head is there. */
  #wanted = TO_FRONT_BYTES;

  /**
   * Answers every frame that is complete with this chunk.
   * @throws NoFrame
   */
  push(chunk: Buffer): AnswerFrame[] {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    const frames: AnswerFrame[] = [];
    while (this.#length >= this.#wanted) {
      const [only] = this.#chunks;
      const bytes = only?.length === this.#length ? only : Buffer.concat(this.#chunks, this.#length);
      const total = TO_FRONT_BYTES + checkedLength(bytes);
      this.#wanted = total;
      if (bytes.length < total) {
        this.#chunks = [bytes];
        break;
      }
      frames.push({
        kind: bytes.readUInt8(0),
        number: bytes.readUInt32BE(1),
        milliseconds: bytes.readDoubleBE(5),
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

function checkedLength(bytes: Buffer): number {
  const [kind, length] = [bytes.readUInt8(0), bytes.readUInt32BE(BODY_LENGTH_AT)];
  if (!KINDS.has(kind) || length > LARGEST_BODY_BYTES) {
    throw new NoFrame(`a frame of kind ${kind} with ${length} bytes`);
  }
  return length;
}
