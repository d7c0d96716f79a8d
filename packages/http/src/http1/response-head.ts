/** The head of a replica's answer. What is ambiguous in it is as good as no answer. */
import { ConnectionHeader } from './connection-header.ts';
import { type Fault, FAULTS } from './faults.ts';
import { FIELD_ID, isText } from './field-ids.ts';
import { FRAMING, type Framing, readDigits } from './framing.ts';
import { HeadParser } from './head-parser.ts';

const CHUNKED = Buffer.from('chunked');

export class ResponseHead {
  readonly parser = new HeadParser('response');
  readonly connection = new ConnectionHeader();
  status = 0;
  framing: Framing = FRAMING.none;
  length = 0;
  keepsAlive = true;
  hasDate = false;
  /** The replica did not begin the request. */
  isNotExecuted = false;

  reset(): void {
    this.parser.reset();
    this.connection.reset();
    this.status = 0;
    this.framing = FRAMING.none;
    this.length = 0;
    this.keepsAlive = true;
    this.hasDate = false;
    this.isNotExecuted = false;
  }

  /** 1xx but 101: another head follows. */
  get isInterim(): boolean {
    return this.status < 200;
  }

  /** Called once, when the head is complete. */
  interpret(): Fault | null {
    const { parser } = this;
    const minorVersion = parser.minorVersion();
    this.status = readDigits(parser.bytes, parser.secondStart, parser.secondEnd);
    if (minorVersion !== 0 && minorVersion !== 1) {
      return FAULTS.version;
    }
    // A switch of protocols was never asked for.
    if (parser.secondEnd - parser.secondStart !== 3 || this.status < 100 || this.status === 101) {
      return FAULTS.startLine;
    }
    const fault = this.#readFields(minorVersion);
    if (fault === null && (this.status < 200 || this.status === 204 || this.status === 304)) {
      this.framing = FRAMING.none;
    }
    return fault;
  }

  #readFields(minorVersion: number): Fault | null {
    const { parser } = this;
    let hasLength = false;
    let isChunked = false;
    for (let index = 0; index < parser.count; index += 1) {
      const start = parser.valueStart[index] as number;
      const end = parser.valueEnd[index] as number;
      switch (parser.ids[index]) {
        case FIELD_ID.contentLength:
          this.length = readDigits(parser.bytes, start, end);
          if (hasLength || this.length < 0) {
            return FAULTS.contentLength;
          }
          hasLength = true;
          break;
        case FIELD_ID.transferEncoding:
          if (isChunked || minorVersion === 0 || !isText(parser.bytes, start, end, CHUNKED)) {
            return FAULTS.transferEncoding;
          }
          isChunked = true;
          break;
        case FIELD_ID.connection:
          this.connection.add(parser, index);
          break;
        case FIELD_ID.date:
          this.hasDate = true;
          break;
        case FIELD_ID.notExecuted:
          this.isNotExecuted = true;
          break;
        default:
      }
    }
    if (hasLength && isChunked) {
      return FAULTS.bothLengths;
    }
    this.framing = isChunked ? FRAMING.chunked : hasLength ? FRAMING.length : FRAMING.untilClose;
    this.keepsAlive =
      this.framing !== FRAMING.untilClose &&
      !this.connection.closes &&
      (minorVersion === 1 || this.connection.keepsAlive);
    return null;
  }
}
