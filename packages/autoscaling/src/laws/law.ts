/** What a law of scaling is given and what it says. Pure: a day of load is replayed in a moment. */
import type { ServiceSettings } from '@farled/contract';

export type LawName = ServiceSettings['autoScaler']['law'];

export interface ScalingSettings {
  readonly law: LawName;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Percent of the slots that should be in use. */
  readonly targetUtilization: number;
  readonly refreshPeriodInSeconds: number;
  /** Slots of one replica. */
  readonly maxConcurrentRequestsPerContainer: number;
  /** A request that waited as long is refused. */
  readonly maxQueueWaitMs: number;
}

export interface Counts {
  /** Requests that came, refused ones too. */
  readonly arrived: number;
  /** Requests that were scored, with success or without. */
  readonly answered: number;
}

export interface Observation {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Requests that replicas have. */
  readonly busy: number;
  /** Requests that wait in routers. */
  readonly queued: number;
  /** Since the look before; null when that is not known. */
  readonly counts: Counts | null;
  /** False when a router did not say what it has: there may be more. */
  readonly isComplete: boolean;
  /** Replicas that are asked for at present. */
  readonly current: number;
  /** Those of them that take requests. */
  readonly ready: number;
}

export interface Decision<Memory> {
  readonly desired: number;
  /** One sentence with the numbers that decided. */
  readonly because: string;
  /** What the law needs to know of this when it looks again. */
  readonly memory: Memory;
}

const LONGEST_GAP_MS = 10_000;
const LONGEST_GAP_IN_PERIODS = 3;

/** Whether a service was observed from one look to the next: who was not looked at for longer was not. */
export function isContinued({ refreshPeriodInSeconds }: ScalingSettings, latest: number, now: number): boolean {
  const longestGapMs = Math.max(LONGEST_GAP_MS, LONGEST_GAP_IN_PERIODS * refreshPeriodInSeconds * 1000);
  return now - latest <= longestGapMs && now >= latest;
}

export function bounded({ minReplicas, maxReplicas }: ScalingSettings, replicas: number): number {
  return Math.max(minReplicas, Math.min(maxReplicas, replicas));
}

export function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`;
}
