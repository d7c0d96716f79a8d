/** What is remembered of replicas that ended by themselves, and when the next may be started. */
import { backoffDelay, type Backoff } from '@farled/service';

import type { ReplicaExit } from '../substrate/substrate.ts';

export interface CrashHistory {
  readonly revision: string;
  /** Ends in a row without a replica of the revision staying ready. */
  readonly inARow: number;
  /** All ends of replicas of the revision. */
  readonly total: number;
  readonly last: ReplicaExit | null;
}

const RESTART: Backoff = { firstMs: 500, maximumMs: 60_000, factor: 2 };

/** A replica that was ready this long before it ended starts the count anew. */
const STEADY_MS = 60_000;

export function noCrashes(revision: string): CrashHistory {
  return { revision, inARow: 0, total: 0, last: null };
}

/** The history after another replica of the revision ended; `startedAt` is when that one was started. */
export function recordExit(history: CrashHistory, exit: ReplicaExit, startedAt: number): CrashHistory {
  const steady = exit.hadBeenReady && exit.at - startedAt >= STEADY_MS;
  return { ...history, inARow: steady ? 1 : history.inARow + 1, total: history.total + 1, last: exit };
}

/** Milliseconds since the epoch before which no replica may be started. */
export function earliestStart({ inARow, last }: CrashHistory): number {
  return last === null ? 0 : last.at + backoffDelay(RESTART, inARow);
}
