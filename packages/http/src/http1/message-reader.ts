/** One message after the other from the bytes of a connection, in pieces of any size; tells of it as it goes. */
import { type BodySink, ChunkedBody } from './chunked-body.ts';
import type { Fault } from './faults.ts';
import { FRAMING, type Framing } from './framing.ts';
import type { HeadParser } from './head-parser.ts';

export interface Head {
  readonly parser: HeadParser;
  readonly framing: Framing;
  readonly length: number;
  /** Whether this head is only a sign, and the real one follows. */
  readonly isInterim?: boolean;
  interpret(): Fault | null;
  reset(): void;
}

export interface MessageSink extends BodySink {
  /** The head is there, and says one thing only. */
  onHead(): void;
  /** The message is there whole. */
  onEnd(): void;
  /** What came is no message: nothing more can be read. */
  onFault(fault: Fault): void;
}

const STATE = { head: 0, length: 1, chunked: 2, untilClose: 3, done: 4, broken: 5 } as const;
type State = (typeof STATE)[keyof typeof STATE];

export class MessageReader<H extends Head> {
  readonly head: H;
  #state: State = STATE.head;
  #left = 0;
  #chunked: ChunkedBody | null = null;

  constructor(head: H) {
    this.head = head;
  }

  /** Whether the message was read to its end. */
  get isDone(): boolean {
    return this.#state === STATE.done;
  }

  /** Whether the head was read to its end. */
  get hasHead(): boolean {
    return this.#state !== STATE.head && this.#state !== STATE.broken;
  }

  /** Bytes of the body that are still to come; of unknown length: infinitely many. */
  get left(): number {
    return this.#state === STATE.done ? 0 : this.#state === STATE.length ? this.#left : Number.POSITIVE_INFINITY;
  }

  /** Ready for the next message. */
  reset(): void {
    this.head.reset();
    this.#state = STATE.head;
  }

  /** Reads to the end of the message, or of the bytes, and says how far it came. */
  read(bytes: Buffer, from: number, end: number, sink: MessageSink): number {
    let position = from;
    while (this.#state === STATE.head) {
      if (position === end) {
        return position;
      }
      const found = this.head.parser.read(bytes, position, end);
      if (typeof found !== 'number') {
        return this.#fail(found, end, sink);
      }
      position = found;
      if (!this.head.parser.isDone) {
        return position;
      }
      const fault = this.head.interpret();
      if (fault !== null) {
        return this.#fail(fault, end, sink);
      }
      if (this.head.isInterim === true) {
        this.head.reset();
      } else {
        this.#begin(sink);
      }
    }
    return position === end ? position : this.#readBody(bytes, position, end, sink);
  }

  /** The connection was closed by the other side. Whether that is the end of the message. */
  close(sink: MessageSink): boolean {
    if (this.#state !== STATE.untilClose) {
      return this.#state === STATE.done;
    }
    this.#state = STATE.done;
    sink.onEnd();
    return true;
  }

  #begin(sink: MessageSink): void {
    const { framing, length } = this.head;
    const isEmpty = framing === FRAMING.none || (framing === FRAMING.length && length === 0);
    this.#left = length;
    if (framing === FRAMING.chunked) {
      this.#chunked ??= new ChunkedBody();
      this.#chunked.reset();
    }
    this.#state = isEmpty
      ? STATE.done
      : framing === FRAMING.chunked
        ? STATE.chunked
        : framing === FRAMING.length
          ? STATE.length
          : STATE.untilClose;
    sink.onHead();
    if (isEmpty) {
      sink.onEnd();
    }
  }

  #readBody(bytes: Buffer, position: number, end: number, sink: MessageSink): number {
    switch (this.#state) {
      case STATE.length: {
        const stop = Math.min(end, position + this.#left);
        this.#left -= stop - position;
        const isEnd = this.#left === 0;
        if (isEnd) {
          this.#state = STATE.done;
        }
        sink.onBody(bytes, position, stop);
        if (isEnd) {
          sink.onEnd();
        }
        return stop;
      }
      case STATE.chunked: {
        const chunked = this.#chunked as ChunkedBody;
        const found = chunked.read(bytes, position, end, sink);
        if (typeof found !== 'number') {
          return this.#fail(found, end, sink);
        }
        if (chunked.isDone) {
          this.#state = STATE.done;
          sink.onEnd();
        }
        return found;
      }
      case STATE.untilClose:
        sink.onBody(bytes, position, end);
        return end;
      case STATE.broken:
        return end;
      default:
        return position;
    }
  }

  #fail(fault: Fault, end: number, sink: MessageSink): number {
    this.#state = STATE.broken;
    sink.onFault(fault);
    return end;
  }
}
