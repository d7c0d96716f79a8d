/** What is known of one replica of a service, and changed in place. */
import type { Cancel } from '@farled/service';

import type { Load } from './balance.ts';
import { HEALTHY, type Health } from './ejection.ts';

export interface ReplicaSlots extends Load {
  readonly id: string;
  /** It is in the table. */
  isListed: boolean;
  health: Health;
  /** How often in a row it took nothing. */
  refusals: number;
  /** Milliseconds since the epoch before which it gets nothing. */
  closedUntil: number;
  /** Of the timer that ends that; null: it gets requests. */
  reopens: Cancel | null;
}

export function newSlots(id: string): ReplicaSlots {
  return {
    id,
    inFlight: 0,
    latencyMs: -1,
    latencyAt: 0,
    place: -1,
    isOnTrial: false,
    isListed: true,
    health: HEALTHY,
    refusals: 0,
    closedUntil: 0,
    reopens: null,
  };
}

/** It gets nothing, and not only because it is busy or can't be reached for a moment. */
export function isEjected({ health, isOnTrial, reopens }: ReplicaSlots): boolean {
  return health.ejections > 0 && !isOnTrial && reopens !== null;
}
