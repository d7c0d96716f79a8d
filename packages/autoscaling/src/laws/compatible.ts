/**
 * How many replicas a service should have: the law of the original's router. More at once, fewer only when the whole
 * down-window needed fewer. Pure: a day of load is replayed in a moment.
 */
export interface ScalingSettings {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Percent of the slots that should be in use. */
  readonly targetUtilization: number;
  readonly refreshPeriodInSeconds: number;
  /** Slots of one replica. */
  readonly maxConcurrentRequestsPerContainer: number;
}

export interface Observation {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Requests that replicas have. */
  readonly busy: number;
  /** Requests that wait in routers. */
  readonly queued: number;
  /** False when a router did not say what it has: there may be more. */
  readonly isComplete: boolean;
  /** Replicas that are asked for at present. */
  readonly current: number;
}

/** What the law remembers of a service from one observation to the next. */
export interface Memory {
  /** Since when it was observed without a gap. */
  readonly since: number;
  readonly latest: number;
  /** The peaks: each with the time it was seen, and lower than the one before. The first is the highest. */
  readonly peaks: readonly { readonly at: number; readonly inflight: number }[];
}

export interface Decision {
  readonly desired: number;
  /** One sentence with the numbers that decided. */
  readonly because: string;
  readonly memory: Memory;
}

const SHORTEST_WINDOW_MS = 60_000;
const WINDOW_IN_PERIODS = 20;
/** Who was not looked at for longer than that was not observed. */
const LONGEST_GAP_MS = 10_000;
const LONGEST_GAP_IN_PERIODS = 3;

export function decide(settings: ScalingSettings, observation: Observation, before: Memory | undefined): Decision {
  const { now, busy, queued, current } = observation;
  const inflight = busy + queued;
  const memory = remember(settings, observation, before);
  const windowMs = downWindowMs(settings);
  const implied = needed(settings, inflight);
  const load = `${busy} requests in replicas and ${queued} waiting need ${describe(settings, inflight)}`;
  const decided = (desired: number, because: string): Decision => ({ desired, because, memory });

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
  return Math.max(settings.minReplicas, Math.min(settings.maxReplicas, unbounded(settings, inflight)));
}

function describe(settings: ScalingSettings, inflight: number): string {
  const wanted = unbounded(settings, inflight);
  const bounded = needed(settings, inflight);
  const at = `at ${settings.targetUtilization} % of ${settings.maxConcurrentRequestsPerContainer} per replica`;
  const bound = wanted > bounded ? 'maxReplicas' : 'minReplicas';
  return wanted === bounded ? `${wanted} replicas ${at}` : `${wanted} replicas ${at}, and ${bound} is ${bounded}`;
}

function remember(settings: ScalingSettings, observation: Observation, before: Memory | undefined): Memory {
  const { now, busy, queued, isComplete } = observation;
  const longestGapMs = Math.max(LONGEST_GAP_MS, LONGEST_GAP_IN_PERIODS * settings.refreshPeriodInSeconds * 1000);
  const isContinued = before !== undefined && isComplete && now - before.latest <= longestGapMs && now >= before.latest;
  const inflight = busy + queued;
  const oldest = now - downWindowMs(settings);
  const peaks = isContinued ? before.peaks.filter((peak) => peak.at >= oldest && peak.inflight > inflight) : [];
  return { since: isContinued ? before.since : now, latest: now, peaks: [...peaks, { at: now, inflight }] };
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`;
}
