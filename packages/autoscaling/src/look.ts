/** One look at a service: not before it is due, by the law, and remembering what the next one needs. Pure. */
import { decide, type Decision, type Memory, type Observation, type ScalingSettings } from './laws/compatible.ts';

/** What is known of a service from earlier looks. */
export interface Scaled {
  readonly memory: Memory;
  /** Milliseconds since the epoch. */
  readonly nextAt: number;
}

export interface Look {
  /** Null when it was too early. */
  readonly decision: Omit<Decision, 'memory'> | null;
  readonly after: Scaled;
}

export function look(settings: ScalingSettings, observation: Observation, before: Scaled | undefined): Look {
  if (before !== undefined && before.nextAt > observation.now) {
    return { decision: null, after: before };
  }
  const { memory, ...decision } = decide(settings, observation, before?.memory);
  return { decision, after: { memory, nextAt: observation.now + settings.refreshPeriodInSeconds * 1000 } };
}
