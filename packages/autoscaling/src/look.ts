/** One look at a service: not before it is due, by the law of its settings, remembering what the next one needs. Pure. */
import { compatible, type CompatibleMemory } from './laws/compatible.ts';
import { forecast, type ForecastMemory } from './laws/forecast.ts';
import type { Counts, Observation, ScalingSettings } from './laws/law.ts';

/** What routers counted since they started. */
export interface Totals extends Counts {
  /** Which routers: the counts of others are no continuation of these. */
  readonly of: string;
}

export interface Seen extends Omit<Observation, 'counts'> {
  readonly totals: Totals;
}

/** What is known of a service from earlier looks. */
export type Scaled = {
  /** Milliseconds since the epoch. */
  readonly nextAt: number;
  readonly totals: Totals;
} & (
  | { readonly law: 'compatible'; readonly memory: CompatibleMemory }
  | { readonly law: 'forecast'; readonly memory: ForecastMemory }
);

export interface Look {
  /** Null when it was too early. */
  readonly decision: { readonly desired: number; readonly because: string } | null;
  readonly after: Scaled;
}

/** One law knows nothing of what another remembers: a service whose law is changed is a new one to it. */
export function look(settings: ScalingSettings, { totals, ...seen }: Seen, before: Scaled | undefined): Look {
  if (before !== undefined && before.nextAt > seen.now) {
    return { decision: null, after: before };
  }
  const observation = { ...seen, counts: since(totals, before?.totals) };
  const nextAt = seen.now + settings.refreshPeriodInSeconds * 1000;
  if (settings.law === 'forecast') {
    const known = before?.law === 'forecast' ? before.memory : undefined;
    const { memory, ...decision } = forecast(settings, observation, known);
    return { decision, after: { law: 'forecast', memory, nextAt, totals } };
  }
  const known = before?.law === 'compatible' ? before.memory : undefined;
  const { memory, ...decision } = compatible(settings, observation, known);
  return { decision, after: { law: 'compatible', memory, nextAt, totals } };
}

function since({ of, arrived, answered }: Totals, before: Totals | undefined): Counts | null {
  return before?.of === of ? { arrived: arrived - before.arrived, answered: answered - before.answered } : null;
}
