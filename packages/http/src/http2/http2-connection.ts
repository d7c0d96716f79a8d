/** One connection on which HTTP/2 is spoken: its streams, and its end. Framing, windows and HPACK are `node:http2`'s. */
import { constants, performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { TLSSocket } from 'node:tls';

import type { ClientConnections } from '../server/client-connections.ts';
import type { Connection } from '../server/client.ts';
import { HTTP2_OPTIONS } from './http2-options.ts';
import { Http2Stream } from './http2-stream.ts';

const NEVER = Number.POSITIVE_INFINITY;

export class Http2Connection implements Connection {
  readonly #session: ServerHttp2Session;
  readonly #socket: TLSSocket;
  readonly #all: ClientConnections;
  readonly #streams = new Set<Http2Stream>();
  #deadline: number;
  #isClosing = false;
  #unanswered = 0;

  constructor(socket: TLSSocket, all: ClientConnections) {
    this.#socket = socket;
    this.#all = all;
    this.#deadline = all.after(all.limits.keepAliveMs);
    // A client that ends its side has no use for answers: half of such a connection is none.
    socket.allowHalfOpen = false;
    const session = performServerHandshake(socket, HTTP2_OPTIONS);
    this.#session = session;
    // What was wrong is the client's affair: the session ends of itself.
    session.on('error', () => socket.destroy());
    session.on('stream', (stream, _headers, flags, raw) => this.#onStream(stream, flags, raw));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      all.remove(this);
      session.destroy();
    });
  }

  get inFlight(): number {
    return this.#unanswered;
  }

  /**
   * What a client sends before it hears that the connection ends is not answered on it: it is told which requests those
   * are. So that they are few, it is told with the last answer, or after a while when there is none that is the last.
   */
  announceLeaving(): void {
    if (this.#streams.size > 0) {
      this.#deadline = this.#all.after(this.#all.limits.lingerMs);
    }
  }

  closeIfIdle(): void {
    if (this.#streams.size === 0) {
      this.#close();
    }
  }

  destroy(): void {
    this.#socket.destroy();
  }

  enforce(now: number): void {
    this.#streams.forEach((stream) => stream.enforce(now));
    if (now <= this.#deadline) {
      return;
    }
    this.#deadline = NEVER;
    if (this.#isClosing) {
      this.destroy();
    } else {
      this.#close();
    }
  }

  /** A stream has its answer, or needs none any more. Called once for each. */
  onAnswered(): void {
    this.#unanswered -= 1;
    if (this.#unanswered === 0 && this.#all.isLeaving) {
      this.#close();
    }
  }

  /** The stream is over, for good or ill. */
  remove(stream: Http2Stream): void {
    this.#streams.delete(stream);
    if (this.#streams.size === 0) {
      const { limits } = this.#all;
      this.#deadline = this.#all.after(this.#isClosing ? limits.lingerMs : limits.keepAliveMs);
    }
  }

  #onStream(stream: ServerHttp2Stream, flags: number, raw: readonly string[]): void {
    const { isLeaving, limits } = this.#all;
    if (this.#streams.size === 0) {
      this.#deadline = isLeaving ? this.#all.after(limits.lingerMs) : NEVER;
    }
    const hasBody = (flags & constants.NGHTTP2_FLAG_END_STREAM) === 0;
    const request = new Http2Stream(stream, this.#all, this);
    this.#streams.add(request);
    this.#unanswered += 1;
    request.begin(raw, hasBody);
  }

  /** Streams that are open go on to their end, and no more are taken: a client may send those elsewhere. */
  #close(): void {
    if (this.#isClosing) {
      return;
    }
    this.#isClosing = true;
    this.#deadline = this.#streams.size === 0 ? this.#all.after(this.#all.limits.lingerMs) : NEVER;
    this.#session.close();
  }
}
