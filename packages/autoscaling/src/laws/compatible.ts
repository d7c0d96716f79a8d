/**
 * How many replicas a service should have: the law of the original's router. More at once, fewer only when the whole
 * down-window needed fewer.
 */
import { bounded, type Decision, isContinued, type Observation, type ScalingSettings, seconds } from './law.ts';

/** What the law remembers of a service from one observation to the next. */
export interface CompatibleMemory {
  /** Since when it was observed without a gap. */
  readonly since: number;
  readonly latest: number;
  /** The peaks: each with the time it was seen, and lower than the one before. The first is the highest. */
  readonly peaks: readonly { readonly at: number; readonly inflight: number }[];
}

const SHORTEST_WINDOW_MS = 60_000;
const WINDOW_IN_PERIODS = 20;
export function compatible(
  settings: ScalingSettings,
  observation: Observation,
  before: CompatibleMemory | undefined,
): Decision<CompatibleMemory> {
  const { now, busy, queued, current } = observation;
  const inflight = busy + queued;
  const memory = remember(settings, observation, before);
  const windowMs = downWindowMs(settings);
  const implied = needed(settings, inflight);
  const load = `${busy} requests in replicas and ${queued} waiting need ${describe(settings, inflight)}`;
  const decided = (desired: number, because: string): Decision<CompatibleMemory> => ({ desired, because, memory });

  if (implied > current) {
    return decided(implied, `scaled from ${current} to ${implied}: ${load}`);
  }
  if (current > settings.maxReplicas) {
    return decided(
      settings.maxReplicas,
      `scaled from ${current} to ${settings.maxReplicas}: maxReplicas is ${settings.maxReplicas}`,
    );
  }
  const peak = needed(settings, memory.peaks[0]?.inflight ?? inflight);
  if (implied === current) {
    return decided(current, `kept at ${current}: ${load}`);
  }
  if (now - memory.since < windowMs) {
    return decided(
      current,
      `kept at ${current}: ${load}, and the load is known for ${seconds(now - memory.since)} of the ${seconds(windowMs)} after which there may be fewer`,
    );
  }
  return peak < current
    ? decided(peak, `scaled from ${current} to ${peak}: the last ${seconds(windowMs)} needed no more`)
    : decided(current, `kept at ${current}: the last ${seconds(windowMs)} needed as many`);
}

/** The time over which the load must have been lower before there are fewer replicas. */
export function downWindowMs({ refreshPeriodInSeconds }: ScalingSettings): number {
  return Math.max(SHORTEST_WINDOW_MS, WINDOW_IN_PERIODS * refreshPeriodInSeconds * 1000);
}

/** Whole numbers up to the division, which is then exact where it has to be: 14 at 70 % are 20, not 21. */
function unbounded(settings: ScalingSettings, inflight: number): number {
  const { maxConcurrentRequestsPerContainer: slots, targetUtilization } = settings;
  return Math.ceil((inflight * 100) / (slots * targetUtilization));
}

function needed(settings: ScalingSettings, inflight: number): number {
  return bounded(settings, unbounded(settings, inflight));
}

function describe(settings: ScalingSettings, inflight: number): string {
  const wanted = unbounded(settings, inflight);
  const possible = needed(settings, inflight);
  const at = `at ${settings.targetUtilization} % of ${settings.maxConcurrentRequestsPerContainer} per replica`;
  const bound = wanted > possible ? 'maxReplicas' : 'minReplicas';
  return wanted === possible ? `${wanted} replicas ${at}` : `${wanted} replicas ${at}, and ${bound} is ${possible}`;
}

function remember(
  settings: ScalingSettings,
  observation: Observation,
  before: CompatibleMemory | undefined,
): CompatibleMemory {
  const { now, busy, queued, isComplete } = observation;
  const continues = before !== undefined && isComplete && isContinued(settings, before.latest, now);
  const inflight = busy + queued;
  const oldest = now - downWindowMs(settings);
  const peaks = continues ? before.peaks.filter((peak) => peak.at >= oldest && peak.inflight > inflight) : [];
  return { since: continues ? before.since : now, latest: now, peaks: [...peaks, { at: now, inflight }] };
}
