/**
 * A browser asks whether a page of another site may score. It asks without a key; the replica's runtime knows, and answers
 * without the script, so that it takes no slot and is no request of the ledger. The Fetch standard: CORS-preflight request.
 */
import { type Client, type Exchange, FRAMING } from '@farled/http';
import type { Clock } from '@farled/service';

import type { Service } from '../service.ts';
import type { Deadlines } from './deadlines.ts';
import { Forward, type Forwarded, type ForwardOwner } from './forward.ts';
import { say } from './say.ts';

export interface PreflightParts {
  readonly client: Client;
  readonly service: Service;
  /** At the replica. */
  readonly path: string;
  /** Lines that pass to the replica. */
  readonly headers: string;
  readonly requestId: string;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
}

const LONGEST_MS = 5000;

/** Of a request with OPTIONS, by the lines that pass on. A body is none of a preflight. */
export function isPreflight(headers: string, framing: number): boolean {
  return framing === FRAMING.none && /^origin:/im.test(headers) && /^access-control-request-method:/im.test(headers);
}

export class Preflight implements Exchange, ForwardOwner {
  readonly #parts: PreflightParts;
  #forward: Forward | null = null;

  constructor(parts: PreflightParts) {
    this.#parts = parts;
  }

  begin(): void {
    // It has no body to wait for: the end of the request comes at once.
  }

  onBodyEnd(): void {
    const { client, service, path, headers, requestId, clock, deadlines } = this.#parts;
    const [replica] = service.route.replicas;
    if (replica === undefined) {
      this.#refuse();
      return;
    }
    const now = clock.now();
    this.#forward = new Forward({
      pool: service.pool(replica.id),
      method: 'OPTIONS',
      path,
      headers,
      body: { kind: 'held', bytes: null },
      requestId,
      now,
      deadline: now + LONGEST_MS,
      client,
      owner: this,
      clock,
      deadlines,
    });
    this.#forward.start();
  }

  onForwarded(forwarded: Forwarded): void {
    this.#forward = null;
    if (forwarded !== 'answered') {
      this.#refuse();
    }
  }

  onAnswerDrain(): void {
    this.#forward?.onAnswerDrain();
  }

  onGone(): void {
    this.#forward?.cancel();
    this.#forward = null;
  }

  onFailure(error: unknown): void {
    this.#parts.client.fail(error);
  }

  onBody(): void {
    // None comes.
  }

  onBodyWanted(): void {
    // None is sent.
  }

  onBodyDrain(): void {
    // None is sent.
  }

  #refuse(): void {
    const { client, requestId, service } = this.#parts;
    const message = `No replica of service "${service.route.name}" can say whether other sites may score.`;
    say(client, requestId, 503, message, 'retry-after: 1\r\n');
  }
}
