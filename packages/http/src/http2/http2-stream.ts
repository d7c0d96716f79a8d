/** One request of HTTP/2 and its answer. Its head is read by the reader of HTTP/1.1: what that refuses is refused here. */
import { constants, type ServerHttp2Stream } from 'node:http2';

import { type Fault, FAULTS } from '../http1/faults.ts';
import { FRAMING } from '../http1/framing.ts';
import { RequestHead } from '../http1/request-head.ts';
import type { ResponseHead } from '../http1/response-head.ts';
import { answerFields, dateLine, hasNoBody, JSON_TYPE, TEXT_TYPE } from '../server/answers.ts';
import type { ClientConnections } from '../server/client-connections.ts';
import type { Client } from '../server/client.ts';
import type { Exchange } from '../server/exchange.ts';
import { answerHeaders } from './answer-headers.ts';
import type { Http2Connection } from './http2-connection.ts';
import { requestText } from './request-text.ts';

const NEVER = Number.POSITIVE_INFINITY;

export class Http2Stream implements Client {
  readonly head = new RequestHead();
  versionLine = '';
  readonly #stream: ServerHttp2Stream;
  readonly #all: ClientConnections;
  readonly #connection: Http2Connection;
  #exchange: Exchange | null = null;
  #answer: 'none' | 'begun' | 'done' = 'none';
  #hasBody = false;
  /** All of the request has come. */
  #isRead = false;
  #isHead = false;
  #isCorked = false;
  #deadline = NEVER;

  constructor(stream: ServerHttp2Stream, all: ClientConnections, connection: Http2Connection) {
    this.#stream = stream;
    this.#all = all;
    this.#connection = connection;
    stream.on('data', (chunk: Buffer) => this.#guard(() => this.#onData(chunk)));
    stream.on('end', () => this.#guard(() => this.#onEnd()));
    stream.on('drain', () => this.#guard(() => this.#exchange?.onAnswerDrain()));
    stream.on('error', () => stream.destroy());
    stream.on('close', () => {
      this.#guard(() => this.#leave());
      connection.remove(this);
    });
  }

  /** Called once, before all else. */
  begin(raw: readonly string[], hasBody: boolean): void {
    this.#isRead = !hasBody;
    this.#guard(() => {
      this.#isHead = raw[raw.indexOf(':method') + 1] === 'HEAD';
      const fault = this.#readHead(requestText(raw, hasBody));
      if (fault !== null) {
        this.say(fault.status, { message: fault.message });
        return;
      }
      this.#exchange = this.#all.handler.open(this);
      this.#exchange?.begin();
    });
  }

  get remoteAddress(): string {
    return this.#stream.session?.socket.remoteAddress ?? '';
  }

  sayContinue(): void {
    if (this.head.expectsContinue && !this.#hasBody && this.#answer === 'none' && !this.#stream.destroyed) {
      this.#stream.additionalHeaders({ ':status': 100 });
    }
  }

  pauseBody(): void {
    this.#stream.pause();
  }

  resumeBody(): void {
    this.#stream.resume();
  }

  limitBody(isHeld: boolean): void {
    this.#deadline = isHeld ? this.#all.after(this.#all.limits.heldBodyMs) : NEVER;
  }

  say(status: number, message: Readonly<Record<string, unknown>> | string, lines = ''): void {
    const isText = typeof message === 'string';
    const type = isText ? TEXT_TYPE : JSON_TYPE;
    this.reply(status, lines + type, Buffer.from(isText ? message : JSON.stringify(message)));
  }

  reply(status: number, lines: string, body: Buffer): void {
    if (this.#answer !== 'none') {
      this.abort();
      return;
    }
    const isEmpty = hasNoBody(status);
    const length = isEmpty ? '' : `content-length: ${body.length}\r\n`;
    this.#respond(status, lines + dateLine(this.#all.now) + length, this.#isHead || isEmpty);
    if (!this.#isHead && !isEmpty) {
      this.#stream.write(body);
    }
    this.#finish();
  }

  startReply(status: number, lines: string): void {
    this.#respond(status, lines + dateLine(this.#all.now), hasNoBody(status));
  }

  answerHead(head: ResponseHead, status: number): void {
    const date = head.hasDate ? '' : dateLine(this.#all.now);
    const length = head.framing === FRAMING.length ? `content-length: ${head.length}\r\n` : '';
    this.#respond(status, answerFields(head, this.versionLine) + date + length, false);
  }

  answerBody(bytes: Buffer, start: number, end: number): boolean {
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#stream.cork();
    }
    // The bytes are lent, and the client may take its time.
    return this.#stream.write(Buffer.from(bytes.subarray(start, end)));
  }

  answerFlush(): void {
    this.#uncork();
    if (this.#answer === 'begun') {
      this.#deadline = this.#all.after(this.#all.limits.stalledMs);
    }
  }

  answerEnd(): void {
    this.#finish();
  }

  abort(): void {
    this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }

  fail(error: unknown): void {
    this.#all.handler.failed(error);
    const exchange = this.#exchange;
    this.#exchange = null;
    try {
      exchange?.onGone();
      this.say(500, { message: 'The router failed to answer this request. The cause is in its log.' });
    } catch {
      this.abort();
    }
  }

  /** Ends what takes too long. */
  enforce(now: number): void {
    if (now <= this.#deadline) {
      return;
    }
    this.#deadline = NEVER;
    this.#guard(() => {
      if (this.#answer !== 'none') {
        this.#stream.close(constants.NGHTTP2_CANCEL);
        return;
      }
      const exchange = this.#exchange;
      this.#exchange = null;
      exchange?.onGone();
      this.say(408, { message: 'The request did not arrive in time.' });
    });
  }

  #readHead(text: string | undefined): Fault | null {
    if (text === undefined) {
      return FAULTS.fieldValue;
    }
    const bytes = Buffer.from(text, 'latin1');
    const found = this.head.parser.read(bytes, 0, bytes.length);
    return typeof found === 'number' ? this.head.interpret() : found;
  }

  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.fail(error);
    }
  }

  #onData(chunk: Buffer): void {
    this.#hasBody = true;
    this.#exchange?.onBody(chunk, 0, chunk.length);
  }

  #onEnd(): void {
    if (this.#stream.closed) {
      // The client took its request back: what has come of it is not the whole.
      return;
    }
    this.#isRead = true;
    if (this.#answer === 'none') {
      this.#deadline = NEVER;
    }
    this.#exchange?.onBodyEnd();
  }

  #respond(status: number, lines: string, endStream: boolean): void {
    this.#answer = 'begun';
    if (!this.#stream.destroyed && !this.#stream.closed) {
      this.#stream.respond(answerHeaders(status, this.versionLine + lines), { endStream });
    }
  }

  /** The answer is written. */
  #finish(): void {
    this.#conclude();
    this.#exchange = null;
    this.#uncork();
    this.#deadline = this.#all.after(this.#all.limits.stalledMs);
    if (this.#stream.destroyed) {
      return;
    }
    this.#stream.end();
    if (!this.#isRead) {
      // RFC 9113, 8.1: what is left of a body that nobody wants need not be sent.
      this.#stream.resume();
      this.#stream.close(constants.NGHTTP2_NO_ERROR);
    }
  }

  #leave(): void {
    const exchange = this.#exchange;
    this.#exchange = null;
    exchange?.onGone();
    this.#conclude();
  }

  #conclude(): void {
    if (this.#answer !== 'done') {
      this.#answer = 'done';
      this.#connection.onAnswered();
    }
  }

  #uncork(): void {
    if (this.#isCorked) {
      this.#isCorked = false;
      this.#stream.uncork();
    }
  }
}
