/**
 * Who leads, decided on what one candidate has seen: a Lease, and how long it has not changed. Times that others wrote
 * are never compared with ours.
 */

/** What a Lease says, as far as it matters here. */
export interface LeaseView {
  /** Empty when it was given up. */
  readonly holder: string;
  /** Counts the times that it was taken: who acts for a term can be told from who acted for an earlier one. */
  readonly term: number;
  readonly durationMs: number;
  /** Differs after every change. */
  readonly version: string;
}

export interface Observation {
  readonly lease: LeaseView | undefined;
  /** How long this version has been seen at least. */
  readonly unchangedMs: number;
  /** Of all that was ever seen. */
  readonly highestTerm: number;
}

export const NOTHING_SEEN: Observation = { lease: undefined, unchangedMs: 0, highestTerm: 0 };

/** A lease that was renewed in between begins anew. */
export function observe(previous: Observation, lease: LeaseView | undefined): Observation {
  return {
    lease,
    unchangedMs: lease !== undefined && lease.version === previous.lease?.version ? previous.unchangedMs : 0,
    highestTerm: Math.max(previous.highestTerm, lease?.term ?? 0),
  };
}

/** Time that certainly passed: slept through, so that setting a clock can't lengthen it. */
export function waited(observation: Observation, milliseconds: number): Observation {
  return { ...observation, unchangedMs: observation.unchangedMs + milliseconds };
}

export type Decision = { readonly act: 'create' | 'take' | 'renew'; readonly term: number } | { readonly act: 'wait' };

/** `leads` is the term that this candidate leads for now, or undefined. */
export function decide(
  { lease, unchangedMs, highestTerm }: Observation,
  { identity, leads }: { readonly identity: string; readonly leads: number | undefined },
): Decision {
  if (lease === undefined) {
    return { act: 'create', term: highestTerm + 1 };
  }
  if (lease.holder === identity && lease.term === leads) {
    return { act: 'renew', term: lease.term };
  }
  // What is ours without us leading is left of a write whose answer was lost, or of a term that lapsed: a new term.
  const free = lease.holder === '' || lease.holder === identity || unchangedMs >= lease.durationMs;
  return free ? { act: 'take', term: highestTerm + 1 } : { act: 'wait' };
}

/** The right to lead that a confirmed write gives. */
export interface Tenure {
  readonly term: number;
  /** When the write was sent; the lease can't have been renewed before. */
  readonly sentAt: number;
}

/** A tenure ends before others may take the lease. A clock that was set back proves nothing, and ends it as well. */
export function holds({ sentAt }: Tenure, now: number, renewDeadlineMs: number): boolean {
  return now >= sentAt && now - sentAt < renewDeadlineMs;
}
