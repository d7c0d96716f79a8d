/** The head of a request: what its headers mean to a router, and whether they mean one thing only. RFC 9112, 3.2 and 6. */
import { COLON, CR, PLAIN_HOST } from './characters.ts';
import { ConnectionHeader } from './connection-header.ts';
import { type Fault, FAULTS } from './faults.ts';
import { FIELD_ID, isText } from './field-ids.ts';
import { FRAMING, type Framing, readDigits } from './framing.ts';
import { HeadParser } from './head-parser.ts';

/** RFC 9110, 9, and PATCH. Not CONNECT: what follows it would be no messages. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'TRACE']);
const CHUNKED = Buffer.from('chunked');
const CONTINUE = Buffer.from('100-continue');
const SLASH = 0x2f;
/** Of the form host, host:port, [address] or [address]:port; RFC 3986, 3.2.2 without user names. */
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[\w.~!$&'()*+;=%-]*)(?::\d*)?$/;
const ABSOLUTE = /^https?:\/\/([^/?#]+)(\/[^#]*)?$/i;
/** What a target is that is neither a path nor an address, but allowed: `OPTIONS *`. */
const WHOLE_SERVER = '*';

export class RequestHead {
  readonly parser = new HeadParser('request');
  readonly connection = new ConnectionHeader();
  framing: Framing = FRAMING.none;
  /** Of the body, with a framing by length. */
  length = 0;
  minorVersion = 1;
  keepsAlive = true;
  expectsContinue = false;
  /** It would rather talk another protocol, which it never gets; what it sends before it knows may be that. */
  asksUpgrade = false;
  /** Indices of headers; -1: absent. */
  authorization = -1;
  requestId = -1;
  version = -1;
  timeout = -1;

  get method(): string {
    return this.parser.text(this.parser.firstStart, this.parser.firstEnd);
  }

  /** Path and query; of an address, only these. */
  get target(): string {
    const { parser } = this;
    const text = parser.text(parser.secondStart, parser.secondEnd);
    return parser.bytes[parser.secondStart] === SLASH ? text : (ABSOLUTE.exec(text)?.[2] ?? '/');
  }

  valueOf(index: number): string | undefined {
    const { parser } = this;
    return index < 0 ? undefined : parser.text(parser.valueStart[index] as number, parser.valueEnd[index] as number);
  }

  /** Index of the first header with this name, made by `fieldName`; -1: there is none. */
  find(name: Uint8Array): number {
    const { bytes, count, nameStart, valueStart } = this.parser;
    for (let index = 0; index < count; index += 1) {
      const start = nameStart[index] as number;
      const end = start + name.length;
      // Before a value there are a colon and perhaps spaces, which no name has.
      if (end < (valueStart[index] as number) && bytes[end] === COLON && isText(bytes, start, end, name)) {
        return index;
      }
    }
    return -1;
  }

  reset(): void {
    this.parser.reset();
    this.connection.reset();
    this.framing = FRAMING.none;
    this.length = 0;
    this.minorVersion = 1;
    this.keepsAlive = true;
    this.expectsContinue = false;
    this.asksUpgrade = false;
    this.authorization = -1;
    this.requestId = -1;
    this.version = -1;
    this.timeout = -1;
  }

  /** Called once, when the head is complete. */
  interpret(): Fault | null {
    this.minorVersion = this.parser.minorVersion();
    if (this.minorVersion !== 0 && this.minorVersion !== 1) {
      return FAULTS.version;
    }
    if (!METHODS.has(this.method)) {
      return FAULTS.method;
    }
    return this.#readTarget() ?? this.#readFields();
  }

  #readTarget(): Fault | null {
    const { parser } = this;
    if (parser.bytes[parser.secondStart] === SLASH) {
      return null;
    }
    const text = parser.text(parser.secondStart, parser.secondEnd);
    const isUsable = text === WHOLE_SERVER ? this.method === 'OPTIONS' : HOST.test(ABSOLUTE.exec(text)?.[1] ?? '@');
    return isUsable ? null : FAULTS.target;
  }

  #readFields(): Fault | null {
    const { parser } = this;
    let host = -1;
    let transferEncoding = -1;
    for (let index = 0; index < parser.count; index += 1) {
      switch (parser.ids[index]) {
        case FIELD_ID.host:
          if (host >= 0) {
            return FAULTS.repeated;
          }
          host = index;
          break;
        case FIELD_ID.contentLength: {
          if (this.framing !== FRAMING.none) {
            return FAULTS.repeated;
          }
          this.length = readDigits(parser.bytes, parser.valueStart[index] as number, parser.valueEnd[index] as number);
          if (this.length < 0) {
            return FAULTS.contentLength;
          }
          this.framing = FRAMING.length;
          break;
        }
        case FIELD_ID.transferEncoding:
          if (transferEncoding >= 0) {
            return FAULTS.repeated;
          }
          transferEncoding = index;
          break;
        case FIELD_ID.connection:
          this.connection.add(parser, index);
          break;
        case FIELD_ID.expect:
          if (!this.#is(index, CONTINUE)) {
            return FAULTS.expectation;
          }
          this.expectsContinue = this.minorVersion === 1;
          break;
        case FIELD_ID.authorization:
          if (this.authorization >= 0) {
            return FAULTS.repeated;
          }
          this.authorization = index;
          break;
        case FIELD_ID.upgrade:
          this.asksUpgrade = true;
          break;
        case FIELD_ID.requestId:
          this.requestId = index;
          break;
        case FIELD_ID.version:
          this.version = index;
          break;
        case FIELD_ID.timeout:
          this.timeout = index;
          break;
        default:
      }
    }
    this.keepsAlive = !this.connection.closes && (this.minorVersion === 1 || this.connection.keepsAlive);
    return this.#checkHost(host) ?? (transferEncoding < 0 ? null : this.#chunked(transferEncoding));
  }

  #checkHost(host: number): Fault | null {
    if (host < 0) {
      return this.minorVersion === 1 ? FAULTS.noHost : null;
    }
    return this.#isPlainHost(host) || HOST.test(this.valueOf(host) ?? '') ? null : FAULTS.host;
  }

  /** What most of them look like, told without making a text of it. */
  #isPlainHost(index: number): boolean {
    const { bytes, valueStart, valueEnd } = this.parser;
    const end = valueEnd[index] as number;
    let position = valueStart[index] as number;
    while (position < end && PLAIN_HOST[bytes[position] as number] === 1) {
      position += 1;
    }
    return position === end || (bytes[position] === COLON && readDigits(bytes, position + 1, end) >= 0);
  }

  #chunked(index: number): Fault | null {
    if (this.framing !== FRAMING.none) {
      return FAULTS.bothLengths;
    }
    // Spaces after it are allowed, and read differently: they are refused.
    const hasSpaces = this.parser.bytes[this.parser.valueEnd[index] as number] !== CR;
    if (this.minorVersion === 0 || hasSpaces || !this.#is(index, CHUNKED)) {
      return FAULTS.transferEncoding;
    }
    this.framing = FRAMING.chunked;
    return null;
  }

  #is(index: number, text: Uint8Array): boolean {
    const { parser } = this;
    return isText(parser.bytes, parser.valueStart[index] as number, parser.valueEnd[index] as number, text);
  }
}
