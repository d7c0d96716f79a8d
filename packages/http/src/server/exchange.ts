/** What becomes of one request. */
import type { Client } from './client.ts';

export interface Exchange {
  /** Called once, before all else. */
  begin(): void;
  /** A piece of the request's body; who keeps it takes a part of the buffer. */
  onBody(bytes: Buffer, start: number, end: number): void;
  /** The request is there whole. */
  onBodyEnd(): void;
  /** There is room for more of the answer. */
  onAnswerDrain(): void;
  /** The request can't be answered any more: the client went away, or its body is malformed or comes too slowly. */
  onGone(): void;
}

/** Decides about requests. */
export interface Handler {
  /** The head of a request is there: null, when it was answered at once. */
  open(client: Client): Exchange | null;
  failed(error: unknown): void;
}
