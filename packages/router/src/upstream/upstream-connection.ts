/** One connection to a replica: a request at a time, and its answer as it comes. */
import { connect, type Socket } from 'node:net';

import { type Fault, MessageReader, type MessageSink, ResponseHead } from '@farled/http';

import type { ReplicaSocket, UpstreamPool } from './upstream-pool.ts';

/** Who waits for the answer. */
export interface UpstreamUser {
  /** The connection is there: a body may be sent over it. */
  onConnected(): void;
  onAnswerHead(head: ResponseHead): void;
  onAnswerBody(bytes: Buffer, start: number, end: number): void;
  /** The answer is complete. Whether the request had been sent whole by then: else the connection is of no more use. */
  onAnswerEnd(): boolean;
  /** What has come so far was told; more may take a while. */
  onAnswerPause(): void;
  /** What was written was taken, after `write` said that it is much. */
  onDrain(): void;
  /** No answer comes, or no more of it. Without an error, the replica closed the connection. */
  onLost(error: Error | null): void;
  /** One of the calls above threw. */
  onFailure(error: unknown): void;
}

/** What all connections read into: what has come is used up, or copied, before any of them reads again. */
const READ = Buffer.allocUnsafeSlow(64 * 1024);

export class UpstreamConnection implements MessageSink {
  readonly #socket: Socket;
  readonly #pool: UpstreamPool;
  readonly #reader = new MessageReader(new ResponseHead());
  #user: UpstreamUser | null = null;
  #isConnected = false;
  /** Of an idle one: used since the pool looked last. */
  isFresh = false;

  constructor(pool: UpstreamPool, address: ReplicaSocket, connectTimeoutMs: number) {
    this.#pool = pool;
    const socket = connect({
      ...address,
      noDelay: true,
      onread: {
        buffer: READ,
        callback: (length) => {
          this.#onData(length);
          return true;
        },
      },
    });
    this.#socket = socket;
    socket.setTimeout(connectTimeoutMs);
    socket.on('timeout', () => socket.destroy(new Error('The connection was not made in time')));
    socket.on('connect', () => this.#guard(() => this.#onConnect()));
    socket.on('drain', () => this.#guard(() => this.#user?.onDrain()));
    socket.on('end', () => this.#onClose(null));
    socket.on('error', (error) => this.#onClose(error));
    socket.on('close', () => this.#onClose(null));
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  begin(user: UpstreamUser): void {
    this.#user = user;
    this.#reader.reset();
  }

  /** Text of one byte a character. */
  writeText(text: string): void {
    this.#socket.write(text, 'latin1');
  }

  /** False when that is much for now. */
  writeBytes(bytes: Uint8Array): boolean {
    return this.#socket.write(bytes);
  }

  /** Writes until `uncork` go together. */
  cork(): void {
    this.#socket.cork();
  }

  uncork(): void {
    this.#socket.uncork();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Nobody waits for the answer any more. */
  destroy(): void {
    this.#user = null;
    this.#pool.remove(this);
    this.#socket.destroy();
  }

  onHead(): void {
    this.#user?.onAnswerHead(this.#reader.head);
  }

  onBody(bytes: Buffer, start: number, end: number): void {
    this.#user?.onAnswerBody(bytes, start, end);
  }

  onEnd(): void {
    const user = this.#user;
    this.#user = null;
    if (user !== null && !user.onAnswerEnd()) {
      this.destroy();
    }
  }

  onFault(fault: Fault): void {
    this.#onClose(new Error(fault.message));
  }

  #guard(run: () => void): void {
    const user = this.#user;
    try {
      run();
    } catch (error) {
      this.destroy();
      user?.onFailure(error);
    }
  }

  #onConnect(): void {
    this.#isConnected = true;
    // Of an idle one the pool takes care.
    this.#socket.setTimeout(0);
    this.#user?.onConnected();
  }

  #onData(length: number): void {
    const user = this.#user;
    if (user === null) {
      // Nothing was asked: good-bye, or worse.
      this.destroy();
      return;
    }
    try {
      const position = this.#reader.read(READ, 0, length, this);
      if (this.#user !== null) {
        user.onAnswerPause();
      } else if (position < length || !this.#reader.isDone || !this.#reader.head.keepsAlive) {
        this.destroy();
      } else if (!this.#socket.destroyed) {
        this.#socket.resume();
        this.#pool.put(this);
      }
    } catch (error) {
      this.destroy();
      user.onFailure(error);
    }
  }

  #onClose(error: Error | null): void {
    const user = this.#user;
    try {
      if (error === null && user !== null && this.#reader.close(this)) {
        this.destroy();
        return;
      }
      this.destroy();
      user?.onLost(error);
    } catch (failure) {
      user?.onFailure(failure);
    }
  }
}
