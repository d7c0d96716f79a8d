/** One leader among several processes, by a Lease: the loop around the decisions. */
import { randomUUID } from 'node:crypto';

import { FarledError } from '@farled/contract';
import type { Clock, Logger } from '@farled/service';

import type { KubernetesClient } from './client.ts';
import { startDeadline } from './deadline.ts';
import { isKubernetesError } from './error.ts';
import { KINDS } from './kinds.ts';
import { decide, holds, NOTHING_SEEN, observe, waited } from './leader-decision.ts';
import type { Decision, Observation, Tenure } from './leader-decision.ts';
import { leaseToWrite, releasedLease, viewLease } from './lease.ts';
import type { Lease } from './objects.ts';

export interface ElectionOptions {
  readonly client: Pick<KubernetesClient, 'get' | 'create' | 'replace'>;
  /** Of the Lease. */
  readonly namespace: string;
  readonly name: string;
  /** For people; what is written is made unique. */
  readonly identity: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long others wait for a leader that went silent. */
  readonly durationSeconds?: number;
  /** How long a leader goes on without a confirmed renewal; less than the duration. */
  readonly renewDeadlineSeconds?: number;
  readonly retrySeconds?: number;
  /** In [0, 1), for the spread of candidates. */
  readonly random?: () => number;
  /** Called whenever this process begins or ceases to lead, with the term. */
  readonly changed: (leads: boolean, term: number) => void;
}

export interface Election extends AsyncDisposable {
  /** False as soon as the lease may have run out, in whatever state this process has been meanwhile. */
  leads(): boolean;
  /** Fencing token: greater than that of every earlier leader. 0 before the first term. */
  readonly term: number;
}

/** @throws FarledError BadArgument when the times don't fit each other. */
export function startElection(options: ElectionOptions): Election {
  return new LeaderElection(options);
}

const STOPPED = new Error('the election was left');

class LeaderElection implements Election {
  readonly #options: ElectionOptions;
  readonly #identity: string;
  readonly #durationSeconds: number;
  readonly #renewDeadlineMs: number;
  readonly #retryMs: number;
  readonly #random: () => number;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  #seen: Observation = NOTHING_SEEN;
  #tenure: Tenure | undefined;
  /** Ends the tenure by a timer, which no setting of a clock delays; reading the clock finds out after a pause. */
  #cancelEnd = (): void => {};
  #term = 0;
  #troubled = false;

  constructor(options: ElectionOptions) {
    const { durationSeconds = 15, renewDeadlineSeconds = 10, retrySeconds = 2 } = options;
    if (!(durationSeconds > renewDeadlineSeconds && renewDeadlineSeconds > 2 * retrySeconds && retrySeconds > 0)) {
      throw new FarledError(
        'BadArgument',
        `A lease of ${durationSeconds} s can't be kept with renewals every ${retrySeconds} s within ${renewDeadlineSeconds} s.`,
        { suggestion: 'The duration is longer than the renewal deadline, and that more than twice the retry period.' },
      );
    }
    this.#options = options;
    // Two processes of one name, as a restarted pod and its predecessor, must not take each other for themselves.
    this.#identity = `${options.identity}_${randomUUID()}`;
    this.#durationSeconds = durationSeconds;
    this.#renewDeadlineMs = renewDeadlineSeconds * 1000;
    this.#retryMs = retrySeconds * 1000;
    this.#random = options.random ?? Math.random;
    this.#ended = this.#run();
  }

  leads(): boolean {
    return this.#tenure !== undefined && holds(this.#tenure, this.#options.clock.now(), this.#renewDeadlineMs);
  }

  get term(): number {
    return this.#term;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#stop.signal.aborted) {
      await this.#ended;
      return;
    }
    this.#stop.abort(STOPPED);
    // Before anybody else may begin.
    this.#endTenure();
    await this.#ended;
    await this.#release();
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#round();
      const wait = this.#retryMs * (this.leads() ? 1 : 1 + this.#random() / 5);
      // Rejects when the election is left, which the loop's condition sees.
      await clock.sleep(wait, signal).catch(() => {});
      this.#seen = waited(this.#seen, wait);
    }
  }

  async #round(): Promise<void> {
    const { log, clock } = this.#options;
    // Half of the deadline, so that a connection that hangs leaves time for another one.
    const deadline = startDeadline(clock, this.#renewDeadlineMs / 2, this.#stop.signal);
    try {
      await this.#stand(deadline.signal);
      this.#troubled = false;
    } catch (error) {
      // Somebody else was faster, which the next round sees.
      if (!this.#stop.signal.aborted && !isKubernetesError(error, 'Conflict', 'AlreadyExists')) {
        log[this.#troubled ? 'debug' : 'warn']({ err: error }, 'could not read or renew the lease');
        this.#troubled = true;
      }
    } finally {
      deadline.end();
    }
  }

  async #stand(signal: AbortSignal): Promise<void> {
    const { client, namespace, name } = this.#options;
    const lease = await client.get(KINDS.lease, { namespace, name }, signal);
    this.#seen = observe(this.#seen, lease === undefined ? undefined : viewLease(lease));
    if (this.#tenure !== undefined && (!this.leads() || this.#isSomebodyElses(lease))) {
      this.#endTenure();
    }
    const decision = decide(this.#seen, { identity: this.#identity, leads: this.#tenure?.term });
    if (decision.act !== 'wait') {
      await this.#write(decision, lease, signal);
    }
  }

  async #write(
    { act, term }: Exclude<Decision, { act: 'wait' }>,
    lease: Lease | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { client, clock, namespace, name } = this.#options;
    const sentAt = clock.now();
    const cancel = clock.after(this.#renewDeadlineMs, () => this.#endTenure());
    try {
      const object = leaseToWrite(lease, {
        key: { namespace, name },
        holder: this.#identity,
        term,
        durationSeconds: this.#durationSeconds,
        now: sentAt,
        taken: act !== 'renew',
      });
      const written = await (lease === undefined
        ? client.create(KINDS.lease, object, signal)
        : client.replace(KINDS.lease, object, signal));
      this.#seen = observe(this.#seen, viewLease(written));
      signal.throwIfAborted();
    } catch (error) {
      cancel();
      throw error;
    }
    this.#cancelEnd();
    this.#cancelEnd = cancel;
    this.#begin({ term, sentAt });
  }

  #begin(tenure: Tenure): void {
    const before = this.#tenure?.term;
    this.#tenure = tenure;
    if (before !== tenure.term) {
      this.#term = tenure.term;
      this.#options.log.info({ term: tenure.term }, 'this process leads');
      this.#tell(true);
    }
  }

  #endTenure(): void {
    this.#cancelEnd();
    if (this.#tenure !== undefined) {
      this.#tenure = undefined;
      this.#options.log.info({ term: this.#term }, 'this process leads no more');
      this.#tell(false);
    }
  }

  #tell(leads: boolean): void {
    try {
      this.#options.changed(leads, this.#term);
    } catch (error) {
      this.#options.log.error({ err: error }, 'who was told of a new leader failed');
    }
  }

  #isSomebodyElses(lease: Lease | undefined): boolean {
    return lease !== undefined && lease.spec?.holderIdentity !== this.#identity;
  }

  /** So that a successor need not wait for the lease to run out. */
  async #release(): Promise<void> {
    const { client, clock, log, namespace, name } = this.#options;
    const deadline = startDeadline(clock, this.#renewDeadlineMs / 2, new AbortController().signal);
    try {
      const lease = await client.get(KINDS.lease, { namespace, name }, deadline.signal);
      if (lease !== undefined && lease.spec?.holderIdentity === this.#identity) {
        await client.replace(KINDS.lease, releasedLease(lease, clock.now()), deadline.signal);
      }
    } catch (error) {
      log.warn({ err: error }, 'could not give up the lease, which will run out');
    } finally {
      deadline.end();
    }
  }
}
