/** One connection of a client: its requests, one after the other, and their answers in the same order. */
import type { Socket } from 'node:net';

import type { Fault } from '../http1/faults.ts';
import { FRAMING, type Framing } from '../http1/framing.ts';
import type { MessageReader, MessageSink } from '../http1/message-reader.ts';
import type { RequestHead } from '../http1/request-head.ts';
import type { ResponseHead } from '../http1/response-head.ts';
import { answerFields, CLOSE, dateLine, hasNoBody, JSON_TYPE, statusLine, TEXT_TYPE } from './answers.ts';
import type { ClientConnections } from './client-connections.ts';
import type { Client, Connection } from './client.ts';
import type { Exchange } from './exchange.ts';

/** What a client sent of its next requests is kept up to here; then the connection is read no further. */
const MOST_WAITING_BYTES = 64 * 1024;
/** The rest of a body that nobody wants is read up to here, to keep the connection; a longer one costs it. */
const MOST_DISCARDED_BYTES = 64 * 1024;
/** Larger pieces of an answer are not copied into the text of its head. */
const INLINE_BYTES = 8 * 1024;
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const NEVER = Number.POSITIVE_INFINITY;

export class ClientConnection implements MessageSink, Client, Connection {
  versionLine = '';
  readonly #socket: Socket;
  readonly #all: ClientConnections;
  /** While a request is read or answered. */
  #reader: MessageReader<RequestHead> | null = null;
  #exchange: Exchange | null = null;
  #answer: 'none' | 'begun' | 'done' = 'none';
  /** The head of an answer, until the first of its body comes. */
  #answerHead = '';
  #answerIsChunked = false;
  #isCorked = false;
  /** After the answer that is being written. */
  #closes = false;
  /** The last answer is written: what still comes is not looked at. */
  #isClosing = false;
  #isReading = false;
  #wantsContinue = false;
  #hasBody = false;
  #waiting: Buffer | null = null;
  #deadline: number;

  constructor(socket: Socket, all: ClientConnections) {
    this.#socket = socket;
    this.#all = all;
    this.#deadline = all.after(all.limits.keepAliveMs);
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('drain', () => this.#guard(() => this.#onDrain()));
    socket.on('end', () => this.#guard(() => this.#onEof()));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      all.remove(this);
      this.#guard(() => this.#leave());
    });
  }

  /** Of the request that is being answered. */
  get head(): RequestHead {
    if (this.#reader === null) {
      throw new Error('The connection has no request');
    }
    return this.#reader.head;
  }

  get inFlight(): number {
    return this.#isAnswering ? 1 : 0;
  }

  sayContinue(): void {
    this.#wantsContinue = this.head.expectsContinue && !this.#hasBody;
    if (!this.#isReading) {
      this.#continue();
    }
  }

  pauseBody(): void {
    this.#socket.pause();
  }

  resumeBody(): void {
    this.#socket.resume();
  }

  limitBody(isHeld: boolean): void {
    this.#deadline = isHeld ? this.#all.after(this.#all.limits.heldBodyMs) : NEVER;
  }

  say(status: number, message: Readonly<Record<string, unknown>> | string, lines = '', closes = false): void {
    const isText = typeof message === 'string';
    const type = isText ? TEXT_TYPE : JSON_TYPE;
    this.reply(status, lines + type, Buffer.from(isText ? message : JSON.stringify(message)), closes);
  }

  reply(status: number, lines: string, body: Buffer, closes = false): void {
    if (this.#answer !== 'none') {
      this.abort();
      return;
    }
    this.#closes ||= closes;
    this.#answer = 'begun';
    const length = hasNoBody(status) ? '' : `content-length: ${body.length}\r\n`;
    const head = `${statusLine(status)}${this.versionLine}${lines}${dateLine(this.#all.now)}${this.#connectionLines()}${length}\r\n`;
    if (hasNoBody(status) || (this.#reader?.hasHead === true && this.#reader.head.method === 'HEAD')) {
      this.#socket.write(head, 'latin1');
    } else if (body.length <= INLINE_BYTES) {
      this.#socket.write(head + body.toString('latin1'), 'latin1');
    } else {
      this.#cork();
      this.#socket.write(head, 'latin1');
      this.#socket.write(body);
      this.#uncork();
    }
    this.#finish();
  }

  startReply(status: number, lines: string): void {
    this.#beginAnswer(status, lines + dateLine(this.#all.now), hasNoBody(status) ? FRAMING.none : FRAMING.chunked, 0);
  }

  answerHead(head: ResponseHead, status: number): void {
    const date = head.hasDate ? '' : dateLine(this.#all.now);
    this.#beginAnswer(status, answerFields(head, this.versionLine) + date, head.framing, head.length);
  }

  #beginAnswer(status: number, lines: string, framing: Framing, length: number): void {
    this.#answer = 'begun';
    this.#answerIsChunked = false;
    let framed = '\r\n';
    if (framing === FRAMING.length) {
      framed = `content-length: ${length}\r\n\r\n`;
    } else if (framing !== FRAMING.none && this.head.minorVersion === 0) {
      this.#closes = true;
    } else if (framing !== FRAMING.none) {
      this.#answerIsChunked = true;
      framed = 'transfer-encoding: chunked\r\n\r\n';
    }
    this.#answerHead = statusLine(status) + this.versionLine + lines + this.#connectionLines() + framed;
  }

  answerBody(bytes: Buffer, start: number, end: number): boolean {
    const head = this.#answerHead;
    this.#answerHead = '';
    if (head !== '' && !this.#answerIsChunked && end - start <= INLINE_BYTES) {
      return this.#socket.write(head + bytes.toString('latin1', start, end), 'latin1');
    }
    this.#cork();
    if (head !== '') {
      this.#socket.write(head, 'latin1');
    }
    // The bytes are lent, and the client may take its time.
    const piece = Buffer.from(bytes.subarray(start, end));
    if (!this.#answerIsChunked) {
      return this.#socket.write(piece);
    }
    this.#socket.write(`${piece.length.toString(16)}\r\n`, 'latin1');
    this.#socket.write(piece);
    return this.#socket.write('\r\n', 'latin1');
  }

  answerFlush(): void {
    if (this.#answerHead !== '') {
      this.#socket.write(this.#answerHead, 'latin1');
      this.#answerHead = '';
    }
    this.#uncork();
    if (this.#answer === 'begun') {
      this.#deadline = this.#all.after(this.#all.limits.stalledMs);
    }
  }

  answerEnd(): void {
    const last = this.#answerHead + (this.#answerIsChunked ? '0\r\n\r\n' : '');
    this.#answerHead = '';
    if (last !== '') {
      this.#socket.write(last, 'latin1');
    }
    this.#uncork();
    this.#finish();
  }

  abort(): void {
    this.#isClosing = true;
    this.#socket.destroy();
  }

  fail(error: unknown): void {
    this.#all.handler.failed(error);
    const exchange = this.#exchange;
    this.#exchange = null;
    try {
      exchange?.onGone();
      this.say(500, { message: 'The router failed to answer this request. The cause is in its log.' }, '', true);
    } catch {
      this.abort();
    }
  }

  announceLeaving(): void {
    // The next answer says so.
  }

  closeIfIdle(words: string): void {
    if (this.#reader === null && !this.#isClosing) {
      if (words !== '') {
        this.#socket.write(words, 'latin1');
      }
      this.#close();
    }
  }

  get remoteAddress(): string {
    return this.#socket.remoteAddress ?? '';
  }

  destroy(): void {
    this.#socket.destroy();
  }

  enforce(now: number): void {
    if (now <= this.#deadline) {
      return;
    }
    this.#deadline = NEVER;
    this.#guard(() => {
      if (this.#isClosing || this.#answer !== 'none') {
        this.abort();
      } else if (this.#reader === null) {
        this.#close();
      } else {
        this.#giveUp(408, 'The request did not arrive in time.');
      }
    });
  }

  onHead(): void {
    this.#deadline = NEVER;
    this.#exchange = this.#all.handler.open(this);
    this.#exchange?.begin();
  }

  onBody(bytes: Buffer, start: number, end: number): void {
    this.#hasBody = true;
    this.#wantsContinue = false;
    this.#exchange?.onBody(bytes, start, end);
  }

  onEnd(): void {
    this.#wantsContinue = false;
    if (this.#answer === 'none') {
      this.#deadline = NEVER;
    }
    this.#exchange?.onBodyEnd();
  }

  onFault(fault: Fault): void {
    // Of a body that is not looked at any more, it is none.
    if (!this.#isClosing) {
      this.#giveUp(fault.status, fault.message);
    }
  }

  get #isAnswering(): boolean {
    return this.#reader?.hasHead === true && this.#answer !== 'done';
  }

  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.fail(error);
    }
  }

  #onData(chunk: Buffer): void {
    if (this.#isClosing) {
      return;
    }
    try {
      if (this.#waiting === null) {
        this.#read(chunk);
      } else {
        this.#keep(chunk);
      }
    } catch (error) {
      this.#isReading = false;
      this.fail(error);
    }
  }

  /** Reads on to a request that has to be answered before the next one. */
  #read(chunk: Buffer): void {
    let position = 0;
    this.#isReading = true;
    while (position < chunk.length && !this.#isClosing) {
      if (this.#reader?.isDone === true || (this.#reader === null && this.#socket.writableNeedDrain)) {
        this.#keep(chunk.subarray(position));
        break;
      }
      if (this.#reader === null) {
        this.#reader = this.#all.takeReader();
        this.#deadline = this.#all.after(this.#all.limits.headMs);
      }
      position = this.#reader.read(chunk, position, chunk.length, this);
      if (position < chunk.length && this.#reader.head.asksUpgrade) {
        this.#readNoMore();
        break;
      }
      this.#recycle();
    }
    this.#isReading = false;
    this.#continue();
  }

  #keep(rest: Buffer): void {
    if (this.#reader?.head.asksUpgrade === true) {
      this.#readNoMore();
      return;
    }
    this.#waiting = this.#waiting === null ? rest : Buffer.concat([this.#waiting, rest]);
    if (this.#waiting.length >= MOST_WAITING_BYTES) {
      this.#socket.pause();
    }
  }

  /** What follows the request may be of another protocol. */
  #readNoMore(): void {
    this.#closes = true;
    if (this.#answer === 'done') {
      this.#close();
    }
  }

  #continue(): void {
    if (this.#wantsContinue && this.#answer === 'none') {
      this.#wantsContinue = false;
      this.#socket.write(CONTINUE, 'latin1');
    }
  }

  /** The lines that say what becomes of the connection, which is decided now. */
  #connectionLines(): string {
    const reader = this.#reader;
    const isKept =
      reader !== null &&
      reader.hasHead &&
      reader.head.keepsAlive &&
      !this.#all.isLeaving &&
      // A client that waits to be told to send its body may not send it after another answer.
      (reader.isDone || (reader.left <= MOST_DISCARDED_BYTES && !reader.head.expectsContinue));
    this.#closes ||= !isKept;
    return this.#closes ? CLOSE : this.#all.keepAliveLines;
  }

  /** The answer is written. */
  #finish(): void {
    this.#answer = 'done';
    this.#exchange = null;
    if (this.#closes) {
      this.#close();
      return;
    }
    this.#deadline = this.#all.after(this.#all.limits.keepAliveMs);
    // Of a body that streamed and was not wanted any more, the rest is to be read.
    if (this.#socket.isPaused() && this.#waiting === null) {
      this.#socket.resume();
    }
    this.#advance();
  }

  /** To the next request, once this one is both read and answered. */
  #advance(): void {
    if (!this.#isReading && this.#recycle()) {
      this.#readWaiting();
    }
  }

  /** Not while the reader reads: who called this may be called by it. */
  #recycle(): boolean {
    if (this.#answer !== 'done' || this.#reader?.isDone !== true || this.#isClosing) {
      return false;
    }
    this.#all.giveReader(this.#reader);
    this.#reader = null;
    this.#answer = 'none';
    this.#hasBody = false;
    this.versionLine = '';
    return true;
  }

  #readWaiting(): void {
    const waiting = this.#waiting;
    if (waiting !== null && this.#reader === null && !this.#socket.writableNeedDrain) {
      this.#waiting = null;
      this.#socket.resume();
      this.#read(waiting);
    }
  }

  #onDrain(): void {
    if (this.#exchange !== null) {
      this.#exchange.onAnswerDrain();
    } else {
      this.#readWaiting();
    }
  }

  /** A client that ends its side while it waits is taken for one that went away: it mostly is. */
  #onEof(): void {
    if (this.#isAnswering || this.#waiting !== null) {
      this.#socket.destroy();
    } else if (this.#isClosing) {
      this.#socket.end();
    } else {
      this.#close();
    }
  }

  /** What came can't be read any further. */
  #giveUp(status: number, message: string): void {
    const exchange = this.#exchange;
    this.#exchange = null;
    exchange?.onGone();
    this.say(status, { message }, '', true);
  }

  #leave(): void {
    this.#isClosing = true;
    this.#uncork();
    const exchange = this.#exchange;
    this.#exchange = null;
    exchange?.onGone();
  }

  /** Ends the connection once all is written. What still comes is read for a while, or the end could undo the answer. */
  #close(): void {
    this.#isClosing = true;
    this.#waiting = null;
    this.#deadline = this.#all.after(this.#all.limits.lingerMs);
    this.#socket.resume();
    this.#socket.end();
  }

  #cork(): void {
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#socket.cork();
    }
  }

  #uncork(): void {
    if (this.#isCorked) {
      this.#isCorked = false;
      this.#socket.uncork();
    }
  }
}
