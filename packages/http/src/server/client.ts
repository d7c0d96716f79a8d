/** Who sent a request and waits for its answer, whichever version of HTTP it speaks. */
import type { RequestHead } from '../http1/request-head.ts';
import type { AnswerSink } from './answer-sink.ts';

export interface Client extends AnswerSink {
  /** Of the request that is being answered. */
  readonly head: RequestHead;
  /** The line that says which version the answer to this request is of; empty: none is said. */
  versionLine: string;
  readonly remoteAddress: string;
  /** It may send the body: it said that it waits for that. */
  sayContinue(): void;
  /** No more of the body now. */
  pauseBody(): void;
  resumeBody(): void;
  /** A body that is held has to come in time; one that streams, while its request may be scored. */
  limitBody(isHeld: boolean): void;
  /**
   * An answer of the server itself, in a sentence or as JSON. Of one that has begun already, all that can be said is that
   * it breaks off.
   *
   * @param lines more headers, each with CR LF.
   * @param closes whether the connection ends with it, where that is what keeps the client from sending more.
   */
  say(status: number, message: Readonly<Record<string, unknown>> | string, lines?: string, closes?: boolean): void;
  /** The same with any body; `lines` are all headers but those of the connection and the length. */
  reply(status: number, lines: string, body: Buffer, closes?: boolean): void;
  /** An answer that comes in pieces: with answerBody, answerFlush and answerEnd. */
  startReply(status: number, lines: string): void;
  /** It finds out that the rest of its answer is missing. */
  abort(): void;
  /** Something threw. */
  fail(error: unknown): void;
}

/** As all connections are treated, whatever is spoken on them. */
export interface Connection {
  /** How many requests are not answered yet. */
  readonly inFlight: number;
  /** Ends what takes too long. */
  enforce(now: number): void;
  /** No more requests are wanted on it: its client is told as soon as the protocol has a way to. */
  announceLeaving(): void;
  /** It ends, if it has no request; `words`: an answer to one that may be on its way, where the version has such. */
  closeIfIdle(words: string): void;
  destroy(): void;
}
