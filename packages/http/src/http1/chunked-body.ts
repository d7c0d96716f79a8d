/** The chunked coding, RFC 9112, 7.1: sizes, extensions and trailers are checked to the letter and go no further. */
import { COLON, CR, FIELD, HEX, HTAB, LF, SP, TOKEN } from './characters.ts';
import { type Fault, FAULTS } from './faults.ts';

export interface BodySink {
  /** A piece of the body. The bytes are lent: who keeps them takes a part of the buffer. */
  onBody(bytes: Buffer, start: number, end: number): void;
}

/** 48 bits. */
const MOST_DIGITS = 12;
const MOST_OVERHEAD_BYTES = 8 * 1024;
/** RFC 9110, 6.5.1: what a message means is said before it. */
const NEVER_TRAILERS: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'content-length',
  'expect',
  'host',
  'transfer-encoding',
  'upgrade',
]);
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const STATE = {
  size: 0,
  extensionName: 1,
  extensionValue: 2,
  token: 3,
  quoted: 4,
  escaped: 5,
  afterQuoted: 6,
  sizeEnd: 7,
  data: 8,
  dataCr: 9,
  dataLf: 10,
  line: 11,
  trailerName: 12,
  trailerValue: 13,
  trailerEnd: 14,
  end: 15,
  done: 16,
} as const;
type State = (typeof STATE)[keyof typeof STATE];

export class ChunkedBody {
  #state: State = STATE.size;
  #size = 0;
  #digits = 0;
  /** How long a name is so far. */
  #length = 0;
  #overhead = 0;
  #name = '';

  get isDone(): boolean {
    return this.#state === STATE.done;
  }

  reset(): void {
    this.#state = STATE.size;
    this.#size = 0;
    this.#digits = 0;
    this.#overhead = 0;
  }

  /** How far it has read, or a fault. */
  read(bytes: Buffer, from: number, end: number, sink: BodySink): number | Fault {
    let position = from;
    while (position < end && this.#state !== STATE.done) {
      if (this.#state === STATE.data) {
        const stop = Math.min(end, position + this.#size);
        this.#size -= stop - position;
        if (this.#size === 0) {
          this.#state = STATE.dataCr;
        }
        const start = position;
        position = stop;
        sink.onBody(bytes, start, stop);
      } else {
        const fault = this.#step(bytes[position] as number);
        if (fault !== null) {
          return fault;
        }
        position += 1;
      }
    }
    return position;
  }

  #step(byte: number): Fault | null {
    switch (this.#state) {
      case STATE.size:
        return this.#sizeByte(byte);
      case STATE.sizeEnd:
        if (byte !== LF) {
          return FAULTS.lineEnd;
        }
        this.#state = this.#size === 0 ? STATE.line : STATE.data;
        this.#digits = 0;
        return null;
      case STATE.dataCr:
        this.#state = STATE.dataLf;
        return byte === CR ? null : FAULTS.chunkEnd;
      case STATE.dataLf:
        this.#size = 0;
        this.#state = STATE.size;
        return byte === LF ? null : FAULTS.chunkEnd;
      case STATE.end:
        this.#state = STATE.done;
        return byte === LF ? null : FAULTS.lineEnd;
      default:
        this.#overhead += 1;
        if (this.#overhead > MOST_OVERHEAD_BYTES) {
          return FAULTS.chunkOverhead;
        }
        return this.#state < STATE.data ? this.#extensionByte(byte) : this.#trailerByte(byte);
    }
  }

  #sizeByte(byte: number): Fault | null {
    const digit = HEX[byte] as number;
    if (digit < 16) {
      this.#digits += 1;
      this.#size = this.#size * 16 + digit;
      return this.#digits > MOST_DIGITS ? FAULTS.chunkSize : null;
    }
    return this.#digits === 0 ? FAULTS.chunkSize : this.#endOrExtension(byte, FAULTS.chunkSize);
  }

  #endOrExtension(byte: number, otherwise: Fault): Fault | null {
    if (byte === CR) {
      this.#state = STATE.sizeEnd;
    } else if (byte === SEMICOLON) {
      this.#state = STATE.extensionName;
      this.#length = 0;
    } else {
      return otherwise;
    }
    return null;
  }

  #extensionByte(byte: number): Fault | null {
    switch (this.#state) {
      case STATE.extensionName:
        if (TOKEN[byte] === 1) {
          this.#length += 1;
          return null;
        }
        if (this.#length === 0) {
          return FAULTS.chunkExtension;
        }
        if (byte === EQUALS) {
          this.#state = STATE.extensionValue;
          return null;
        }
        return this.#endOrExtension(byte, FAULTS.chunkExtension);
      case STATE.extensionValue:
        this.#state = byte === QUOTE ? STATE.quoted : STATE.token;
        return byte === QUOTE || TOKEN[byte] === 1 ? null : FAULTS.chunkExtension;
      case STATE.token:
        return TOKEN[byte] === 1 ? null : this.#endOrExtension(byte, FAULTS.chunkExtension);
      case STATE.quoted:
        this.#state = byte === QUOTE ? STATE.afterQuoted : byte === BACKSLASH ? STATE.escaped : STATE.quoted;
        return FIELD[byte] === 1 ? null : FAULTS.chunkExtension;
      case STATE.escaped:
        this.#state = STATE.quoted;
        return FIELD[byte] === 1 ? null : FAULTS.chunkExtension;
      default:
        return this.#endOrExtension(byte, FAULTS.chunkExtension);
    }
  }

  #trailerByte(byte: number): Fault | null {
    switch (this.#state) {
      case STATE.line:
        this.#state = byte === CR ? STATE.end : STATE.trailerName;
        this.#name = String.fromCodePoint(byte);
        if (byte === SP || byte === HTAB) {
          return FAULTS.fold;
        }
        return byte === CR || TOKEN[byte] === 1 ? null : FAULTS.trailer;
      case STATE.trailerName:
        if (byte === COLON) {
          this.#state = STATE.trailerValue;
          return NEVER_TRAILERS.has(this.#name.toLowerCase()) ? FAULTS.trailer : null;
        }
        this.#name += String.fromCodePoint(byte);
        return TOKEN[byte] === 1 ? null : FAULTS.trailer;
      case STATE.trailerValue:
        if (byte === CR) {
          this.#state = STATE.trailerEnd;
          return null;
        }
        return FIELD[byte] === 1 ? null : FAULTS.trailer;
      default:
        this.#state = STATE.line;
        return byte === LF ? null : FAULTS.lineEnd;
    }
  }
}
