/**
 * Copies of some requests of an endpoint, for a version that is to be tried on them: after the requests themselves are on
 * their way, when there is a slot to spare, and in no ledger. Whether the answers are the same is counted.
 */
import type { MirrorStatistics } from '@farled/contract';
import type { AnswerSink } from '@farled/http';
import { type Clock, isoTime, type Logger } from '@farled/service';

import type { Deadlines } from '../../proxy/deadlines.ts';
import type { Service } from '../../service.ts';
import type { AnswerDigest } from './answer-digest.ts';
import { type Compared, Comparison } from './comparison.ts';
import { Copy } from './copy.ts';

export interface MirrorParts {
  readonly version: string;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly log: Logger;
  /** From 0 to 1, without 1. */
  readonly random: () => number;
}

/** What a replica does with a copy costs the machine that the requests themselves are on. */
const MOST_COPIES = 64;
const KEPT_DIFFERENCES = 16;

export class Mirror {
  readonly version: string;
  readonly #parts: MirrorParts;
  readonly #counts = { same: 0, different: 0, failed: 0, skipped: 0 };
  readonly #differences: MirrorStatistics['differences'] = [];
  readonly #copied = new Set<Comparison>();
  #share = 0;
  #service: Service | null = null;
  /** Slots that copies leave free: those of a version that has requests of its own are not for copies alone. */
  #spare = 0;

  constructor(parts: MirrorParts) {
    this.version = parts.version;
    this.#parts = parts;
  }

  update(share: number, service: Service | null, takesRequests: boolean): void {
    this.#share = share;
    this.#service = service;
    this.#spare = takesRequests ? 1 : 0;
  }

  /**
   * For a request that has its slot at the service. Null: it is not copied. Else there is a slot for its copy, which is to
   * be sent when the request is on its way, and its answer goes through what is returned. `isHeld`: its body can be sent
   * twice.
   */
  draw(service: Service, client: AnswerSink, isHeld: boolean): Comparison | null {
    // A copy for the service that answers anyway would compare it with itself.
    if (service === this.#service || this.#parts.random() >= this.#share) {
      return null;
    }
    const mirror = this.#service;
    const ticket = isHeld && this.#copied.size < MOST_COPIES ? mirror?.admission.tryCopy(this.#spare) : undefined;
    if (mirror === null || ticket === undefined) {
      this.#counts.skipped += 1;
      return null;
    }
    const { clock, deadlines, log } = this.#parts;
    const comparison = new Comparison({ client, onCompared: (one, compared) => this.#onCompared(one, compared) });
    const onAnswered = (answer: AnswerDigest | null): void => comparison.onCopyAnswered(answer);
    const onFailure = (error: unknown): void => log.error({ err: error }, 'A copy of a request failed');
    comparison.takeCopy(new Copy({ service: mirror, ticket, clock, deadlines, onAnswered, onFailure }));
    this.#copied.add(comparison);
    return comparison;
  }

  /** Copies that are on their way are given up. */
  close(): void {
    this.#service = null;
    this.#copied.forEach((comparison) => comparison.abandon());
  }

  get statistics(): MirrorStatistics {
    return { version: this.version, ...this.#counts, differences: [...this.#differences] };
  }

  #onCompared(comparison: Comparison, compared: Compared): void {
    this.#copied.delete(comparison);
    this.#counts[compared] += 1;
    const { requestId, answer, copied } = comparison;
    if (compared === 'different' && copied !== null) {
      this.#differences.push({
        requestId,
        at: isoTime(this.#parts.clock),
        status: answer.status,
        mirrorStatus: copied.status,
        bytes: answer.bytes,
        mirrorBytes: copied.bytes,
      });
      this.#differences.splice(0, this.#differences.length - KEPT_DIFFERENCES);
    }
  }
}
