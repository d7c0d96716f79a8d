/**
 * What to do about a service's replicas: a pure function of what should run, what runs and what happened.
 *
 * A rolling update never has fewer ready replicas than the service is meant to have, and at most one more process
 * than the larger of old and new count.
 */
import type { ObservedReplica } from '../substrate/substrate.ts';

export interface PlanInput {
  /** What should run; null when nothing should, for example because the first deployment failed. */
  readonly target: { readonly revision: string; readonly replicas: number } | null;
  /** Without those that are being retired already. */
  readonly observed: readonly ObservedReplica[];
  /** Milliseconds since the epoch before which no replica of the target revision may be started: crash back-off. */
  readonly notBefore: number;
  readonly now: number;
}

export interface Plan {
  /** How many replicas of the target revision to start now. */
  readonly start: number;
  /** To be taken out of the route table, drained and removed. */
  readonly retire: readonly string[];
  /** Processes that are gone: only their folders are left to remove. */
  readonly clear: readonly string[];
  /** Those that are to get requests. */
  readonly route: readonly ObservedReplica[];
  /** When to look again though nothing changed; null: no need. */
  readonly recheckAfterMs: number | null;
}

export function planReplicas({ target, observed, notBefore, now }: PlanInput): Plan {
  const clear = observed.filter((replica) => replica.phase === 'exited').map((replica) => replica.id);
  const live = observed.filter((replica) => replica.phase !== 'exited');
  const wanted = target?.replicas ?? 0;
  const current = live.filter((replica) => replica.revision === target?.revision && replica.phase !== 'draining');
  const old = live.filter((replica) => !current.includes(replica));

  const readyOld = old.filter((replica) => replica.phase === 'ready');
  const readyCurrent = current.filter((replica) => replica.phase === 'ready');

  const missing = Math.max(0, wanted - current.length);
  const room =
    readyOld.length === 0
      ? missing
      : Math.max(0, Math.max(wanted, readyOld.length) + 1 - current.length - readyOld.length);
  const mayStart = now >= notBefore;
  const start = mayStart ? Math.min(missing, room) : 0;

  const spare = Math.max(0, readyCurrent.length + readyOld.length - wanted);
  const surplus = leastUseful(current).slice(0, Math.max(0, current.length - wanted));
  const retireOld = [
    ...old.filter((replica) => replica.phase !== 'ready'),
    ...byAge(readyOld).slice(0, Math.min(readyOld.length, spare)),
  ];
  const retire = [...retireOld, ...surplus].map((replica) => replica.id);
  return {
    start,
    retire,
    clear,
    route: [...readyCurrent, ...readyOld].filter((replica) => !retire.includes(replica.id)),
    recheckAfterMs: missing > 0 && !mayStart ? notBefore - now : null,
  };
}

/** Not ready before ready, young before old: whom to do without first. */
function leastUseful(replicas: readonly ObservedReplica[]): readonly ObservedReplica[] {
  const rank = (replica: ObservedReplica): number => (replica.phase === 'ready' ? 1 : 0);
  return replicas.toSorted((a, b) => rank(a) - rank(b) || b.startedAt - a.startedAt || compareIds(a, b));
}

function byAge(replicas: readonly ObservedReplica[]): readonly ObservedReplica[] {
  return replicas.toSorted((a, b) => a.startedAt - b.startedAt || compareIds(a, b));
}

function compareIds(a: ObservedReplica, b: ObservedReplica): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
