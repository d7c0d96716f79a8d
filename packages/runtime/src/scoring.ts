/** One request to be scored: its body, its place in the pool, its answer. */
import { DEADLINE_HEADER } from '@farled/contract';
import type { Client, Exchange } from '@farled/http';

import type { AnswerStream, StreamReader } from './answer-stream.ts';
import { say, sendScored } from './answer.ts';
import type { Fields } from './fields.ts';
import type { Pool, Scored, Scoring } from './pool.ts';
import type { Quarantine } from './quarantine.ts';
import type { Headers } from './request-ids.ts';
import { type Source, workerRequest } from './worker-request.ts';

export interface ScoringParts {
  readonly client: Client;
  readonly pool: Pool;
  readonly source: Source & { readonly fields: Fields };
  /** Of the answer. */
  readonly headers: Headers;
  readonly quarantine: Quarantine;
  readonly scoringTimeoutMs: number;
  readonly log: (line: string) => void;
  /** Called once, when nothing is left of it. */
  readonly over: () => void;
}

/** anchors: the front of the original container. */
const LARGEST_BODY_BYTES = 100 * 1024 * 1024;

export class ScoringExchange implements Exchange, StreamReader {
  readonly #parts: ScoringParts;
  #pieces: Buffer[] = [];
  #size = 0;
  #scoring: Scoring | null = null;
  #stream: AnswerStream | null = null;
  #isOver = false;
  /** The client can't take more for now, and what it has not taken. */
  #untaken = 0;

  constructor(parts: ScoringParts) {
    this.#parts = parts;
  }

  begin(): void {
    const { client } = this.#parts;
    if (client.head.length > LARGEST_BODY_BYTES) {
      this.#refuseSize();
      return;
    }
    client.limitBody(true);
    client.sayContinue();
  }

  onBody(bytes: Buffer, start: number, end: number): void {
    if (this.#isOver) {
      return;
    }
    this.#size += end - start;
    if (this.#size > LARGEST_BODY_BYTES) {
      this.#refuseSize();
    } else {
      this.#pieces.push(bytes.subarray(start, end));
    }
  }

  onBodyEnd(): void {
    if (this.#isOver) {
      return;
    }
    const { pool, source } = this.#parts;
    const waitsMs = Number(source.fields.get(DEADLINE_HEADER) ?? Number.NaN);
    const refused = this.#parts.quarantine.refuses(this.#pieces);
    if (refused !== null) {
      this.#refuseBody(refused);
      return;
    }
    const request = workerRequest(pool.entry?.mode ?? 'text', source, this.#pieces);
    this.#scoring = pool.score(request, Number.isFinite(waitsMs) ? Math.max(1, waitsMs) : null, (scored) =>
      this.#onScored(scored),
    );
  }

  onAnswerDrain(): void {
    const bytes = this.#untaken;
    this.#untaken = 0;
    if (bytes > 0) {
      this.#stream?.taken(bytes);
    }
  }

  onGone(): void {
    if (this.#stream !== null) {
      this.#stream.abandon();
    } else if (this.#scoring !== null) {
      this.#scoring.abandon();
    } else {
      this.#finish();
    }
  }

  onPiece(bytes: Buffer): void {
    const { client } = this.#parts;
    const hasRoom = client.answerBody(bytes, 0, bytes.length);
    client.answerFlush();
    if (hasRoom) {
      this.#stream?.taken(bytes.length);
    } else {
      this.#untaken += bytes.length;
    }
  }

  onStreamEnd(): void {
    this.#finish();
    this.#parts.client.answerEnd();
  }

  onStreamFailure(error: Error): void {
    const { client, log } = this.#parts;
    // Only the end of its connection tells the client that this is not all.
    log(`An answer is cut off: ${error.message}`);
    this.#finish();
    client.abort();
  }

  #onScored(scored: Scored): void {
    const { client, headers, quarantine } = this.#parts;
    if (scored.outcome === 'crashed') {
      void quarantine.note(this.#pieces);
    }
    this.#pieces = [];
    const isRead = sendScored(client, headers, scored, this.#parts);
    const stream = scored.outcome === 'answered' ? scored.stream : null;
    if (isRead && stream !== null) {
      this.#stream = stream;
      stream.read(this);
      return;
    }
    stream?.abandon();
    this.#finish();
  }

  #finish(): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#parts.over();
    }
  }

  #refuseBody(digest: string): void {
    const { client, headers } = this.#parts;
    const message = `This body (SHA-256 ${digest}) ended the Python process twice, and is not scored any more. The log of the replica says where it is kept.`;
    say(client, 422, headers, message);
    this.#finish();
  }

  #refuseSize(): void {
    const { client, headers } = this.#parts;
    say(client, 413, headers, `The body must not have more than ${LARGEST_BODY_BYTES} bytes.`, { closes: true });
    this.#finish();
  }
}
