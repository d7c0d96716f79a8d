/**
 * The head of a message, byte by byte, as RFC 9112 writes it and not a byte more: what some implementations forgive and
 * others read differently is a fault here. Makes no objects: what it finds are offsets. May be fed in pieces of any size.
 */
import { COLON, CR, FIELD, HTAB, LF, SP, TARGET, TOKEN } from './characters.ts';
import { type Fault, FAULTS } from './faults.ts';
import { type FieldId, fieldIdOf } from './field-ids.ts';

const LARGEST_HEAD_BYTES = 16 * 1024;
const MOST_FIELDS = 100;

const STATE = {
  start: 0,
  emptyLine: 1,
  /** A method or, of a response, the version. */
  first: 2,
  second: 3,
  /** A version or, of a response, the reason. */
  third: 4,
  startLineEnd: 5,
  line: 6,
  name: 7,
  space: 8,
  value: 9,
  lineEnd: 10,
  end: 11,
  done: 12,
} as const;
type State = (typeof STATE)[keyof typeof STATE];

const FIRST_COPY_BYTES = 1024;
const NOTHING = Buffer.alloc(0);
const ZERO = 0x30;
const NINE = 0x39;
/** What has the form of a version: H T T P / digit . digit */
const VERSION = Buffer.from('HTTP/0.0');

export class HeadParser {
  /** What the offsets are of. */
  bytes: Buffer = NOTHING;
  /** Method, target, version; or version, status, reason. */
  firstStart = 0;
  firstEnd = 0;
  secondStart = 0;
  secondEnd = 0;
  thirdStart = 0;
  thirdEnd = 0;
  /** How many headers there are. */
  count = 0;
  /** A header's line is from its name to the next one's, or to `fieldsEnd`. */
  readonly nameStart = new Int32Array(MOST_FIELDS + 1);
  readonly valueStart = new Int32Array(MOST_FIELDS);
  readonly valueEnd = new Int32Array(MOST_FIELDS);
  readonly ids = new Uint8Array(MOST_FIELDS);

  readonly #isResponse: boolean;
  #state: State = STATE.start;
  #start = 0;
  /** Of the own copy of a head that came in pieces. */
  #copied = -1;
  #text: string | null = null;

  constructor(kind: 'request' | 'response') {
    this.#isResponse = kind === 'response';
  }

  get isDone(): boolean {
    return this.#state === STATE.done;
  }

  get hasBegun(): boolean {
    return this.#state > STATE.emptyLine;
  }

  reset(): void {
    this.bytes = NOTHING;
    this.count = 0;
    this.#state = STATE.start;
    this.#copied = -1;
    this.#text = null;
  }

  idOf(index: number): FieldId {
    return this.ids[index] as FieldId;
  }

  /** Characters of a range of the head, once it is complete: cut out of one text, which costs less than many from bytes. */
  text(start: number, end: number): string {
    if (this.#text === null) {
      this.#text = this.bytes.toString('latin1', this.#start, this.fieldsEnd);
    }
    return this.#text.slice(start - this.#start, end - this.#start);
  }

  /** Names and values in turn, as they came. */
  fields(): readonly string[] {
    const fields: string[] = [];
    for (let index = 0; index < this.count; index += 1) {
      const start = this.nameStart[index] as number;
      const end = this.bytes.indexOf(COLON, start);
      fields.push(this.text(start, end), this.text(this.valueStart[index] as number, this.valueEnd[index] as number));
    }
    return fields;
  }

  /** How far it has read; a fault; with `isDone`, the rest is the body. */
  read(chunk: Buffer, position: number, end: number): number | Fault {
    if (this.#copied < 0) {
      this.bytes = chunk;
      this.#start = position;
      const limit = Math.min(end, position + LARGEST_HEAD_BYTES);
      const found = this.#parse(chunk, position, limit);
      if (typeof found !== 'number' || this.#state === STATE.done) {
        return found;
      }
      if (limit - position === LARGEST_HEAD_BYTES) {
        return FAULTS.headTooLarge;
      }
      this.#copy(chunk, limit);
      return limit;
    }
    const before = this.#copied;
    const added = Math.min(end - position, LARGEST_HEAD_BYTES - before);
    this.#append(chunk, position, added);
    const found = this.#parse(this.bytes, before, before + added);
    if (typeof found !== 'number') {
      return found;
    }
    if (this.#state !== STATE.done && before + added === LARGEST_HEAD_BYTES) {
      return FAULTS.headTooLarge;
    }
    return position + found - before;
  }

  /** The rest of the head comes later, and the chunk is not kept: from now on, offsets are of a copy. */
  #copy(chunk: Buffer, end: number): void {
    const start = this.#start;
    this.bytes = NOTHING;
    this.#copied = 0;
    this.#append(chunk, start, end - start);
    this.#start = 0;
    this.firstStart -= start;
    this.firstEnd -= start;
    this.secondStart -= start;
    this.secondEnd -= start;
    this.thirdStart -= start;
    this.thirdEnd -= start;
    for (let index = 0; index <= this.count; index += 1) {
      this.nameStart[index] = (this.nameStart[index] as number) - start;
    }
    for (let index = 0; index <= this.count && index < MOST_FIELDS; index += 1) {
      this.valueStart[index] = (this.valueStart[index] as number) - start;
      this.valueEnd[index] = (this.valueEnd[index] as number) - start;
    }
  }

  #append(chunk: Buffer, start: number, length: number): void {
    const needed = this.#copied + length;
    if (this.bytes.length < needed) {
      const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_COPY_BYTES, needed, 2 * this.bytes.length));
      this.bytes.copy(larger, 0, 0, this.#copied);
      this.bytes = larger;
    }
    chunk.copy(this.bytes, this.#copied, start, start + length);
    this.#copied = needed;
  }

  #parse(bytes: Buffer, from: number, end: number): number | Fault {
    let position = from;
    let state = this.#state;
    while (position < end) {
      const byte = bytes[position] as number;
      switch (state) {
        case STATE.start:
          // RFC 9112, 2.2: an empty line before the request is forgiven.
          if (byte === CR && !this.#isResponse) {
            position += 1;
            state = STATE.emptyLine;
          } else if (TOKEN[byte] === 1) {
            this.firstStart = position;
            state = STATE.first;
          } else {
            return FAULTS.startLine;
          }
          break;
        case STATE.emptyLine:
          if (byte !== LF) {
            return FAULTS.lineEnd;
          }
          position += 1;
          state = STATE.start;
          break;
        case STATE.first: {
          const fault = this.#isResponse ? this.#versionByte(byte, position) : tokenByte(byte);
          if (fault !== null) {
            return fault;
          }
          position += 1;
          if (byte === SP) {
            this.firstEnd = position - 1;
            this.secondStart = position;
            state = STATE.second;
          }
          break;
        }
        case STATE.second: {
          while (position < end && TARGET[bytes[position] as number] === 1) {
            position += 1;
          }
          if (position === end) {
            break;
          }
          if (position === this.secondStart) {
            return FAULTS.target;
          }
          const next = bytes[position] as number;
          this.secondEnd = position;
          if (next === SP) {
            position += 1;
            this.thirdStart = position;
            state = STATE.third;
          } else {
            return FAULTS.target;
          }
          break;
        }
        case STATE.third:
          if (this.#isResponse) {
            while (position < end && FIELD[bytes[position] as number] === 1) {
              position += 1;
            }
            if (position === end) {
              break;
            }
          } else if (position - this.thirdStart < VERSION.length) {
            const fault = versionByteAt(byte, position - this.thirdStart);
            if (fault !== null) {
              return fault;
            }
            position += 1;
            break;
          }
          if (bytes[position] !== CR) {
            return this.#isResponse ? FAULTS.startLine : FAULTS.lineEnd;
          }
          this.thirdEnd = position;
          position += 1;
          state = STATE.startLineEnd;
          break;
        case STATE.startLineEnd:
          if (byte !== LF) {
            return FAULTS.lineEnd;
          }
          position += 1;
          state = STATE.line;
          break;
        case STATE.line:
          this.nameStart[this.count] = position;
          if (byte === CR) {
            position += 1;
            state = STATE.end;
          } else if (TOKEN[byte] === 1) {
            if (this.count === MOST_FIELDS) {
              return FAULTS.tooManyFields;
            }
            state = STATE.name;
          } else {
            return byte === SP || byte === HTAB ? FAULTS.fold : byte === LF ? FAULTS.lineEnd : FAULTS.fieldName;
          }
          break;
        case STATE.name:
          while (position < end && TOKEN[bytes[position] as number] === 1) {
            position += 1;
          }
          if (position === end) {
            break;
          }
          if (bytes[position] !== COLON) {
            return FAULTS.fieldName;
          }
          this.ids[this.count] = fieldIdOf(bytes, this.nameStart[this.count] as number, position);
          position += 1;
          state = STATE.space;
          break;
        case STATE.space:
          if (byte === SP || byte === HTAB) {
            position += 1;
          } else {
            this.valueStart[this.count] = position;
            state = STATE.value;
          }
          break;
        case STATE.value:
          while (position < end && FIELD[bytes[position] as number] === 1) {
            position += 1;
          }
          if (position === end) {
            break;
          }
          if (bytes[position] !== CR) {
            return bytes[position] === LF ? FAULTS.lineEnd : FAULTS.fieldValue;
          }
          this.valueEnd[this.count] = withoutSpaces(bytes, this.valueStart[this.count] as number, position);
          position += 1;
          state = STATE.lineEnd;
          break;
        case STATE.lineEnd:
          if (byte !== LF) {
            return FAULTS.lineEnd;
          }
          position += 1;
          this.count += 1;
          state = STATE.line;
          break;
        case STATE.end:
          if (byte !== LF) {
            return FAULTS.lineEnd;
          }
          this.#state = STATE.done;
          return position + 1;
        case STATE.done:
          return position;
      }
    }
    this.#state = state;
    return position;
  }

  #versionByte(byte: number, position: number): Fault | null {
    const index = position - this.firstStart;
    if (index < VERSION.length) {
      return versionByteAt(byte, index);
    }
    return byte === SP ? null : FAULTS.startLine;
  }

  /** «HTTP/1.x»: x; of any other version -1. */
  minorVersion(): number {
    const start = this.#isResponse ? this.firstStart : this.thirdStart;
    return this.bytes[start + 5] === ZERO + 1 ? (this.bytes[start + 7] as number) - ZERO : -1;
  }

  /** After the last header. */
  get fieldsEnd(): number {
    return this.nameStart[this.count] as number;
  }
}

function tokenByte(byte: number): Fault | null {
  return TOKEN[byte] === 1 || byte === SP ? null : FAULTS.startLine;
}

function versionByteAt(byte: number, index: number): Fault | null {
  const expected = VERSION[index] as number;
  const isRight = expected === ZERO ? byte >= ZERO && byte <= NINE : byte === expected;
  return isRight ? null : FAULTS.startLine;
}

function withoutSpaces(bytes: Buffer, start: number, end: number): number {
  let trimmed = end;
  while (trimmed > start && (bytes[trimmed - 1] === SP || bytes[trimmed - 1] === HTAB)) {
    trimmed -= 1;
  }
  return trimmed;
}
