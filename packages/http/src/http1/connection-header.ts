/** The header Connection: whether the connection stays, and which headers are not for the next hop. RFC 9110, 7.6.1. */
import type { HeadParser } from './head-parser.ts';

const KEEP_ALIVE = 'keep-alive';
const CLOSE = 'close';

export class ConnectionHeader {
  closes = false;
  keepsAlive = false;
  /** Names in small letters; null, as almost always, when there are none. */
  named: Set<string> | null = null;

  reset(): void {
    this.closes = false;
    this.keepsAlive = false;
    this.named = null;
  }

  add(parser: HeadParser, index: number): void {
    const value = parser.text(parser.valueStart[index] as number, parser.valueEnd[index] as number).toLowerCase();
    if (value === KEEP_ALIVE) {
      this.keepsAlive = true;
    } else if (value === CLOSE) {
      this.closes = true;
    } else {
      value.split(',').forEach((option) => this.#addOption(option.trim()));
    }
  }

  #addOption(option: string): void {
    if (option === KEEP_ALIVE) {
      this.keepsAlive = true;
    } else if (option === CLOSE) {
      this.closes = true;
    } else if (option !== '') {
      this.named ??= new Set();
      this.named.add(option);
    }
  }

  /** Whether the header is named: it goes no further. */
  names(parser: HeadParser, index: number): boolean {
    if (this.named === null) {
      return false;
    }
    const start = parser.nameStart[index] as number;
    const end = parser.bytes.indexOf(':', start, 'latin1');
    return this.named.has(parser.text(start, end).toLowerCase());
  }
}
