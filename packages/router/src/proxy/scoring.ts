/** One request that may be scored: its body, its place in line, its tries, and what it counts as in the ledger. */
import { type Exchange, FRAMING } from '@farled/http';
import { isoTime } from '@farled/service';

import type { Admitted, Applicant, Ended, Ticket } from '../admission/admission.ts';
import type { Version } from '../endpoints/endpoint.ts';
import type { Comparison } from '../endpoints/mirror/comparison.ts';
import { Service } from '../service.ts';
import { type Body, HELD_BYTES, joined, LARGEST_BODY_BYTES } from './body.ts';
import { Forward, type Forwarded, type ForwardOwner } from './forward.ts';
import { toReplica } from './headers.ts';
import { say, sayTooLarge } from './say.ts';
import type { ScoringParts } from './scoring-parts.ts';
import { hopelessWords, limitWords, waitedWords, whoseWords, whyNoSlot } from './why.ts';

/** The description of a version is not compared with that of another one. */
const SCORE = '/score';

export class Scoring implements Exchange, ForwardOwner {
  readonly #parts: ScoringParts;
  #service: Service;
  /** Null: it was not sent to an endpoint. */
  #version: Version | null = null;
  /** Null: it is not copied; undefined: that is not decided. */
  #comparison: Comparison | null | undefined = null;
  readonly #method: string;
  readonly #headers: string;
  /** Null while it is not known whether it can be held. */
  #body: Body | null = null;
  /** What has come of the body and is not on its way yet. */
  #pieces: Buffer[] = [];
  #size = 0;
  #isBodyComplete = false;
  #isAccepted = false;
  #isOver = false;
  #ticket: Ticket | null = null;
  #forward: Forward | null = null;
  /** While it waits in line. */
  #waiting: AbortController | null = null;
  #since: number | null = null;
  /** When its client wants the answer; infinite: it did not say. */
  readonly #clientDeadline: number;
  #deadline: number | null = null;
  #admittedAt = 0;

  constructor(parts: ScoringParts) {
    this.#parts = parts;
    this.#clientDeadline = parts.timeoutMs === null ? Number.POSITIVE_INFINITY : parts.clock.now() + parts.timeoutMs;
    const { destination } = parts;
    const { head } = parts.client;
    if (destination instanceof Service) {
      this.#service = destination;
    } else {
      this.#version = destination;
      this.#service = destination.service;
      this.#comparison = undefined;
    }
    this.#method = head.method;
    this.#headers = toReplica(head);
  }

  /** A small body is read whole before anything else is done with the request, so a slow sender takes nobody's slot. */
  begin(): void {
    const { client } = this.#parts;
    const { framing, length } = client.head;
    if (framing === FRAMING.length && length > HELD_BYTES) {
      this.#body = { kind: 'streamed', length };
      this.#accept();
    } else if (framing !== FRAMING.none) {
      client.limitBody(true);
      client.sayContinue();
    }
  }

  onBody(bytes: Buffer, start: number, end: number): void {
    if (this.#isOver) {
      return;
    }
    this.#size += end - start;
    if (this.#body === null) {
      this.#pieces.push(bytes.subarray(start, end));
      if (this.#size > HELD_BYTES) {
        this.#body = { kind: 'streamed', length: null };
        this.#parts.client.limitBody(false);
        this.#parts.client.pauseBody();
        this.#accept();
      }
    } else if (this.#size > LARGEST_BODY_BYTES) {
      this.#refuseSize();
    } else if (this.#forward?.takesBody !== true) {
      this.#pieces.push(bytes.subarray(start, end));
      this.#parts.client.pauseBody();
    } else if (!this.#forward.sendBody(bytes.subarray(start, end))) {
      this.#parts.client.pauseBody();
    }
  }

  onBodyEnd(): void {
    if (this.#isOver) {
      return;
    }
    this.#isBodyComplete = true;
    if (this.#body === null) {
      this.#body = { kind: 'held', bytes: joined(this.#pieces) };
      this.#pieces = [];
      this.#accept();
    } else if (this.#forward?.takesBody === true) {
      this.#forward.endBody();
    }
  }

  onBodyWanted(): void {
    const { client } = this.#parts;
    client.sayContinue();
    const pieces = this.#pieces;
    this.#pieces = [];
    const hasRoom = pieces.map((piece) => this.#forward?.sendBody(piece)).every((taken) => taken === true);
    if (this.#isBodyComplete) {
      this.#forward?.endBody();
    } else if (hasRoom) {
      client.resumeBody();
    }
  }

  onBodyDrain(): void {
    this.#parts.client.resumeBody();
  }

  onAnswerDrain(): void {
    this.#forward?.onAnswerDrain();
  }

  onGone(): void {
    if (this.#isOver) {
      return;
    }
    if (this.#isAccepted) {
      this.#count('failed');
    }
    this.#finish();
  }

  onFailure(error: unknown): void {
    this.#parts.client.fail(error);
  }

  onForwarded(forwarded: Forwarded): void {
    const ticket = this.#ticket;
    const isUnread = this.#forward?.mayRepeat === true;
    const status = this.#forward?.status ?? 0;
    const isTaken = forwarded !== 'refused' && forwarded !== 'unreachable';
    this.#forward = null;
    if (!isTaken && isUnread && this.#parts.clock.now() < (this.#deadline ?? 0)) {
      this.#ticket = null;
      ticket?.rest(forwarded === 'refused' ? 'refusal' : 'connection');
      this.#since ??= this.#parts.clock.now();
      this.#admit();
      return;
    }
    const isOwn = forwarded === 'broken' || (forwarded === 'timedOut' && !this.#isClientsTime);
    this.#finish(forwarded === 'answered' ? 'answered' : isOwn ? 'failed' : 'abandoned');
    this.#conclude(forwarded, status);
  }

  /** The client's limit of time is the earlier one. */
  get #isClientsTime(): boolean {
    return this.#deadline === this.#clientDeadline;
  }

  #accept(): void {
    this.#isAccepted = true;
    this.#count('accepted');
    this.#admit();
  }

  #admit(): void {
    if (this.#service.isClosed) {
      this.#moveOn();
    }
    const { admission } = this.#service;
    const isNew = this.#since === null;
    const isHurried = this.#clientDeadline !== Number.POSITIVE_INFINITY;
    if (isNew && isHurried && this.#isHopeless(this.#applicant)) {
      return;
    }
    const ticket = admission.tryAdmit(this.#since);
    if (ticket !== undefined) {
      this.#send(ticket);
      return;
    }
    const applicant = this.#applicant;
    if (isNew && !isHurried && this.#isHopeless(applicant)) {
      return;
    }
    this.#waiting = new AbortController();
    const onGone = (): void => {
      // The client went away: that is counted already.
    };
    admission
      .wait(this.#waiting.signal, applicant)
      .then((admitted) => this.#onAdmitted(admitted), onGone)
      .catch((error: unknown) => this.onFailure(error));
  }

  get #applicant(): Applicant {
    const { head } = this.#parts.client;
    const caller = (this.#version?.endpoint ?? this.#service).callerOf(head.valueOf(head.authorization));
    return { caller, deadline: this.#clientDeadline, since: this.#since };
  }

  /** Tells the client at once when its request can't come in time. */
  #isHopeless(applicant: Applicant): boolean {
    const { admission, scaling } = this.#service;
    const hopeless = admission.foresee(applicant, scaling.desired);
    if (hopeless === null) {
      return false;
    }
    this.#finish();
    this.#count('refused');
    this.#refuse(hopelessWords(hopeless));
    return true;
  }

  #onAdmitted(admitted: Admitted): void {
    this.#waiting = null;
    if (admitted.outcome === 'admitted') {
      this.#send(admitted.ticket);
    } else if (this.#isOver) {
      // The client went away: that is counted already.
    } else if (this.#service.isClosed && this.#moveOn()) {
      this.#since ??= this.#parts.clock.now() - admitted.waitedMs;
      this.#admit();
    } else {
      this.#finish();
      this.#count('refused');
      this.#refuseAfter(admitted.waitedMs);
    }
  }

  /** The version that it waited for was removed: another one of the endpoint takes it, if there is one. */
  #moveOn(): boolean {
    const { client } = this.#parts;
    const next = this.#version?.endpoint.choose(client.head);
    if (next === undefined || 'status' in next) {
      return false;
    }
    this.#service.ledger.refused += 1;
    this.#version = next;
    this.#service = next.service;
    this.#service.ledger.accepted += 1;
    client.versionLine = next.line;
    return true;
  }

  /** In the ledger of the service, and in that of the endpoint. */
  #count(what: 'accepted' | 'answered' | 'refused' | 'failed' | 'errors'): void {
    this.#service.ledger[what] += 1;
    if (this.#version !== null) {
      this.#version.endpoint.ledger[what] += 1;
    }
  }

  #took(): void {
    const milliseconds = this.#parts.clock.now() - this.#admittedAt;
    this.#service.ledger.took(milliseconds);
    this.#version?.endpoint.ledger.took(milliseconds);
  }

  #send(ticket: Ticket): void {
    const { clock, deadlines, path, requestId, client } = this.#parts;
    const service = this.#service;
    this.#ticket = ticket;
    if (this.#isOver) {
      this.#release('abandoned');
      return;
    }
    // Attempts share the time of one: the client does not know of them.
    const now = clock.now();
    if (this.#deadline === null) {
      this.#deadline = Math.min(now + service.route.scoringTimeoutMs, this.#clientDeadline);
      this.#admittedAt = now;
    }
    const body = this.#body ?? { kind: 'held', bytes: null };
    const isFirst = this.#comparison === undefined;
    if (this.#comparison === undefined) {
      const mirror = path.startsWith(SCORE) ? this.#version?.endpoint.mirror : null;
      this.#comparison = mirror?.draw(service, client, body.kind === 'held') ?? null;
    }
    this.#forward = new Forward({
      pool: service.pool(ticket.replica),
      method: this.#method,
      path,
      headers: this.#headers,
      body,
      requestId,
      now,
      deadline: this.#deadline,
      client: this.#comparison ?? client,
      owner: this,
      clock,
      deadlines,
    });
    this.#forward.start();
    if (isFirst && this.#comparison !== null && body.kind === 'held') {
      const [method, headers] = [this.#method, this.#headers];
      this.#comparison.sendCopy({ method, path, headers, bytes: body.bytes, requestId });
    }
  }

  /** Nothing is left of it in line or with a replica. */
  #finish(ended: Ended = 'abandoned'): void {
    this.#isOver = true;
    this.#pieces = [];
    this.#waiting?.abort(new Error('the client closed the connection'));
    this.#waiting = null;
    this.#forward?.cancel();
    this.#forward = null;
    this.#release(ended);
    if (ended === 'answered') {
      this.#comparison?.onAnswered();
    } else {
      this.#comparison?.abandon();
    }
  }

  #release(ended: Ended): void {
    const ticket = this.#ticket;
    this.#ticket = null;
    ticket?.release(ended);
    this.#service.forgetIdle();
  }

  #refuseSize(): void {
    this.#finish();
    this.#count('refused');
    sayTooLarge(this.#parts.client, this.#parts.requestId);
  }

  #conclude(forwarded: Forwarded, status: number): void {
    const { client, requestId } = this.#parts;
    switch (forwarded) {
      case 'answered':
        this.#count('answered');
        if (status >= 500) {
          this.#count('errors');
        }
        this.#took();
        return;
      case 'timedOut':
        this.#count('failed');
        this.#count('errors');
        this.#took();
        this.#sayTimeout();
        return;
      case 'refused':
      case 'unreachable':
        this.#count('refused');
        this.#refuseAfter(0);
        return;
      case 'broken':
        this.#count('failed');
        this.#count('errors');
        this.#explain(502, 'The replica ended, or closed the connection, before it answered.');
        say(client, requestId, 502, 'Replica closed connection before replying');
    }
  }

  #sayTimeout(): void {
    const { client, requestId, timeoutMs } = this.#parts;
    const limitMs = this.#isClientsTime ? timeoutMs : this.#service.route.scoringTimeoutMs;
    this.#explain(504, `It was not answered within ${limitWords(this.#isClientsTime)}, ${limitMs} ms.`);
    say(client, requestId, 504, `Scoring timeout after ${limitMs} ms`);
  }

  #refuseAfter(waitedMs: number): void {
    const { timeoutMs } = this.#parts;
    const { maxQueueWaitMs } = this.#service.route;
    this.#refuse(waitedWords({ waitedMs, maxQueueWaitMs, timeoutMs, version: this.#version?.name ?? null }));
  }

  #refuse(what: string): void {
    const { client, requestId } = this.#parts;
    const { admission } = this.#service;
    const because = `${what}: ${whyNoSlot(this.#service)}.`;
    this.#explain(503, because);
    const message = `Too many requests for ${whoseWords(this.#service, this.#version)} (overloaded)`;
    say(client, requestId, 503, message, `retry-after: ${admission.retryAfterSeconds}\r\n`, { because });
  }

  #explain(status: number, because: string): void {
    const { refusals, requestId, clock } = this.#parts;
    const version = this.#version;
    const of = version === null ? {} : { endpoint: version.endpoint.name, version: version.name };
    const service = this.#service.route.name;
    refusals.add({ requestId, service, ...of, status, because, at: isoTime(clock) });
  }
}
