/** How long a replica takes from being asked for until it serves, as it was seen. */
import type { Observation } from './law.ts';

export interface Start {
  readonly takesMs: number;
  /** Since when there were fewer that serve than are asked for; null while there are as many. */
  readonly waitingSince: number | null;
}

/** Before any was seen to start: a container whose image is on the node. */
export const UNKNOWN_START: Start = { takesMs: 5000, waitingSince: null };
/** Of the latest one; the rest is of all before. */
const WEIGHT = 0.3;

export function learnStart({ takesMs, waitingSince }: Start, { now, current, ready }: Observation): Start {
  if (ready < current) {
    return { takesMs, waitingSince: waitingSince ?? now };
  }
  // The look that asked saw them missing only one look later.
  return waitingSince === null
    ? { takesMs, waitingSince }
    : { takesMs: takesMs + WEIGHT * (now - waitingSince - takesMs), waitingSince: null };
}
