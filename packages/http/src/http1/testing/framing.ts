/** The requests in a stream of bytes, as a connection reads them. */
import type { Fault } from '../faults.ts';
import { MessageReader, type MessageSink } from '../message-reader.ts';
import { RequestHead } from '../request-head.ts';

export interface FramedMessage {
  readonly method: string;
  readonly target: string;
  readonly minorVersion: number;
  /** Names and values by turns, as they came. */
  readonly headers: readonly string[];
  /** One character for each byte. */
  readonly body: string;
}

export interface Framed {
  /** Those that are there whole. */
  readonly messages: readonly FramedMessage[];
  readonly fault: Fault | null;
}

class Collector implements MessageSink {
  readonly messages: FramedMessage[] = [];
  fault: Fault | null = null;
  readonly #head: RequestHead;
  #current: Omit<FramedMessage, 'body'> | null = null;
  #body = '';

  constructor(head: RequestHead) {
    this.#head = head;
  }

  onHead(): void {
    const { parser, minorVersion } = this.#head;
    const headers: string[] = [];
    for (let index = 0; index < parser.count; index += 1) {
      const line = parser.text(parser.nameStart[index] as number, parser.valueEnd[index] as number);
      headers.push(line.slice(0, line.indexOf(':')));
      headers.push(parser.text(parser.valueStart[index] as number, parser.valueEnd[index] as number));
    }
    const target = parser.text(parser.secondStart, parser.secondEnd);
    this.#current = { method: this.#head.method, target, minorVersion, headers };
    this.#body = '';
  }

  onBody(bytes: Buffer, start: number, end: number): void {
    this.#body += bytes.toString('latin1', start, end);
  }

  onEnd(): void {
    if (this.#current !== null) {
      this.messages.push({ ...this.#current, body: this.#body });
      this.#current = null;
    }
  }

  onFault(fault: Fault): void {
    this.fault = fault;
  }
}

/** Each piece is read by itself, as if it came alone. */
export function frame(pieces: readonly Buffer[]): Framed {
  const head = new RequestHead();
  const reader = new MessageReader(head);
  const collector = new Collector(head);
  for (const piece of pieces) {
    let position = 0;
    while (position < piece.length) {
      position = reader.read(piece, position, piece.length, collector);
      if (collector.fault !== null || (reader.isDone && (!head.keepsAlive || head.asksUpgrade))) {
        return { messages: collector.messages, fault: collector.fault };
      }
      if (reader.isDone) {
        reader.reset();
      }
    }
  }
  return { messages: collector.messages, fault: null };
}
