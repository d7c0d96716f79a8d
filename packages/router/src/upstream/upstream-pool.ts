/** The connections to one replica. There are as many as it has requests at a time: slots are counted elsewhere. */
import type { ReplicaAddress } from '@farled/contract';
import type { Cancel, Clock } from '@farled/service';

import { UpstreamConnection } from './upstream-connection.ts';

/** A connection that was not used for one to two of these is closed: earlier than replicas do it. */
const SWEEP_MS = 30_000;
/** Inside a cluster connections take a millisecond; the address of a pod whose node is gone answers nothing at all. */
const CONNECT_TIMEOUT_MS = 1000;

/** Where a replica listens, as Node has it. */
export type ReplicaSocket = { readonly path: string } | { readonly host: string; readonly port: number };

export interface UpstreamPoolParts {
  readonly address: ReplicaAddress;
  readonly clock: Clock;
  readonly connectTimeoutMs?: number;
}

export class UpstreamPool {
  /** Value of the header Host. */
  readonly host: string;
  readonly #clock: Clock;
  readonly #socket: ReplicaSocket;
  readonly #connectTimeoutMs: number;
  /** The one that was used last is last, and used next. */
  readonly #idle: UpstreamConnection[] = [];
  #isClosed = false;
  #cancelSweep: Cancel | null = null;

  constructor({ address, clock, connectTimeoutMs = CONNECT_TIMEOUT_MS }: UpstreamPoolParts) {
    this.#clock = clock;
    this.#connectTimeoutMs = connectTimeoutMs;
    if (address.kind === 'unix') {
      this.#socket = { path: address.path };
      this.host = 'replica';
    } else {
      this.#socket = { host: address.host, port: address.port };
      this.host = `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
    }
  }

  /** How many connections wait for a request. */
  get idle(): number {
    return this.#idle.length;
  }

  take(): UpstreamConnection {
    return this.#idle.pop() ?? new UpstreamConnection(this, this.#socket, this.#connectTimeoutMs);
  }

  put(connection: UpstreamConnection): void {
    if (this.#isClosed) {
      connection.destroy();
      return;
    }
    connection.isFresh = true;
    this.#idle.push(connection);
    this.#cancelSweep ??= this.#clock.after(SWEEP_MS, () => this.#sweep());
  }

  remove(connection: UpstreamConnection): void {
    const index = this.#idle.lastIndexOf(connection);
    if (index >= 0) {
      this.#idle.splice(index, 1);
    }
  }

  /** Those that are in use end with the answer. */
  close(): void {
    this.#isClosed = true;
    this.#cancelSweep?.();
    this.#idle.splice(0).forEach((connection) => connection.destroy());
  }

  #sweep(): void {
    this.#cancelSweep = null;
    this.#idle.filter(({ isFresh }) => !isFresh).forEach((connection) => connection.destroy());
    this.#idle.forEach((connection) => (connection.isFresh = false));
    if (this.#idle.length > 0) {
      this.#cancelSweep = this.#clock.after(SWEEP_MS, () => this.#sweep());
    }
  }
}
