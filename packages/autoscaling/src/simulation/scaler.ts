/** Who decides how many replicas there are, as the simulation asks: every second, as the elected router looks. */
import type { ScalingSettings } from '../laws/law.ts';
import type { Trace } from './trace.ts';

export const LOOK_EVERY_MS = 1000;

export interface SimulationSettings extends ScalingSettings {
  /** A request that waited longer for a slot is scored too late to be of use. */
  readonly deadlineMs: number;
  /** From asking for a replica until it takes requests. */
  readonly replicaStartMs: number;
  /** Ready when the trace begins. */
  readonly initialReplicas: number;
}

export interface Seen {
  readonly now: number;
  /** Requests that replicas have, also those that end after these. */
  readonly busy: number;
  readonly queued: number;
  /** Both together, averaged over the time since the look before. */
  readonly meanInflight: number;
  /** Replicas that are asked for. */
  readonly asked: number;
  /** Those of them that take requests. */
  readonly ready: number;
  /** Requests since the look before that came, and that were scored. */
  readonly arrived: number;
  readonly answered: number;
}

/** How many replicas to ask for. Remembers what it saw. */
export type Scaler = (seen: Seen) => number;

/** A new one for each simulation. */
export type ScalerOf = (settings: SimulationSettings, trace: Trace) => Scaler;

/** In-flight requests that one replica should have. */
export function targetOf({ maxConcurrentRequestsPerContainer: slots, targetUtilization }: ScalingSettings): number {
  return (slots * targetUtilization) / 100;
}
