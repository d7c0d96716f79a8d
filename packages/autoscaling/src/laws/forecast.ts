/**
 * A law that asks how many replicas the requests that come will need, not how many those that are there do: their rate
 * and how long one takes say how many slots are busy on average, and Erlang's formula how many let few of them wait.
 * A replica that is asked for now serves in some seconds, so what waits counts only as far as it will still be there.
 */
import { arrivals, type Arrivals, LONGEST_WINDOW_MS, recent, type Sample, within } from './arrivals.ts';
import { bounded, type Decision, isContinued, type Observation, type ScalingSettings, seconds } from './law.ts';
import { expectedSurge, type Surge, withSurge } from './rhythm.ts';
import { slotsFor } from './sizing.ts';
import { learnStart, type Start, UNKNOWN_START } from './start-time.ts';

export interface ForecastMemory {
  /** Since when it was observed without a gap. */
  readonly since: number;
  readonly latest: number;
  /** Those of the longest window. */
  readonly samples: readonly Sample[];
  /** Seconds of work and requests, the older the less: their ratio is how long a request takes. */
  readonly work: { readonly seconds: number; readonly requests: number };
  readonly start: Start;
  readonly surges: readonly Surge[];
  /** What was needed and for how long it still counts: each lower than the one before. */
  readonly held: readonly { readonly at: number; readonly until: number; readonly needed: number }[];
}

/** The part of the requests that may wait for half of what they may wait at most. */
const CHANCE = 0.028;
const WORK_MEMORY_MS = 600_000;
/** From fewer answers nothing is learned of how long a request takes. */
const FEWEST_ANSWERS = 3;
/** Long requests pile up without more of them coming: then what is there counts, when chance does not explain it. */
const PRESSED_WINDOW_MS = 15_000;
const PRESSED = 2;
/** How many times what was needed a moment ago is needed when a surge begins. */
const SURGE = 1.5;
/** How long a need holds: one of an even load hardly, as it is an average; one of a surge or of long requests longer. */
const HOLD_MS = { even: 2000, changed: 30_000, surge: 30_000, pressed: 120_000 };
/** A service is not thought to need less before it is known for as long. */
const KNOWN_MS = 30_000;

export function forecast(
  settings: ScalingSettings,
  observation: Observation,
  before: ForecastMemory | undefined,
): Decision<ForecastMemory> {
  const { now, current, queued, isComplete } = observation;
  const remembered = remember(settings, observation, before);
  const need = needOf(settings, observation, remembered);
  const surges =
    need.kind === 'surge'
      ? withSurge(
          remembered.surges,
          { at: now, needed: need.replicas },
          need.replicas >= SURGE * (remembered.held.at(-1)?.needed ?? current),
        )
      : remembered.surges;
  const expected = expectedSurge(surges, now, remembered.start.takesMs);
  const until = now + HOLD_MS[need.kind];
  const held = [
    ...remembered.held.filter((one) => one.until > now && (one.needed > need.replicas || one.until > until)),
    { at: now, until, needed: need.replicas },
  ];
  const memory = { ...remembered, surges, held };
  const most = held.reduce((one, other) => (other.needed > one.needed ? other : one));
  const isKnown = isComplete && now - memory.since >= KNOWN_MS;
  const said = (replicas: number, reason: string): Decision<ForecastMemory> => {
    const desired = bounded(settings, replicas);
    const limit =
      desired < replicas
        ? `, and maxReplicas is ${desired}`
        : replicas < desired
          ? `, and minReplicas is ${desired}`
          : '';
    const what = desired === current ? `kept at ${current}` : `scaled from ${current} to ${desired}`;
    return { desired, because: `${what}: ${reason}${limit}`, memory };
  };
  if (expected !== null && expected.needed > Math.max(need.replicas, most.needed)) {
    const inMs = expected.at - now;
    const when = inMs > 0 ? `in ${seconds(inMs)}` : 'now';
    return said(
      expected.needed,
      `a surge to ${expected.needed} is expected ${when}, as the last two were ${seconds(expected.everyMs)} apart`,
    );
  }
  if (!isKnown && most.needed < current) {
    return said(
      current,
      `${need.reason}, and the load is known for ${seconds(now - memory.since)} of the ${seconds(KNOWN_MS)} after which there may be fewer`,
    );
  }
  return most.needed > need.replicas
    ? said(
        most.needed,
        `${need.reason}, and ${most.needed} were needed ${seconds(now - most.at)} ago, which counts for another ${seconds(most.until - now)}`,
      )
    : said(need.replicas, queued > 0 ? `${need.reason}; ${queued} wait` : need.reason);
}

interface Need {
  readonly replicas: number;
  readonly kind: keyof typeof HOLD_MS;
  readonly reason: string;
}

function needOf(settings: ScalingSettings, { busy, queued, current }: Observation, memory: ForecastMemory): Need {
  const { maxConcurrentRequestsPerContainer: slots, maxQueueWaitMs, maxReplicas, targetUtilization } = settings;
  const { samples, work, start } = memory;
  if (samples.length < 2 || work.requests < FEWEST_ANSWERS) {
    const replicas = Math.max(
      (busy + queued) * 100 > current * slots * targetUtilization ? current : 0,
      Math.ceil(((busy + queued) * 100) / (slots * targetUtilization)),
    );
    const reason = `${busy} requests in replicas and ${queued} waiting at ${targetUtilization} % of ${slots} per replica, as too few were answered to know how long one takes`;
    return { replicas, kind: 'changed', reason };
  }
  const takes = work.seconds / work.requests;
  const rate = arrivals(samples);
  const pressing = recent(samples, PRESSED_WINDOW_MS);
  const average = pressing.reduce((sum, sample) => sum + sample.busy, 0) / pressing.length;
  const coming = rate.perSecond * takes;
  // More than those that came, be it now or in the time that the average is of.
  const explained = Math.max(coming, within(samples, PRESSED_WINDOW_MS).perSecond * takes);
  const isPressed =
    (average - explained) * Math.sqrt(pressing.length) > PRESSED * Math.sqrt(explained) && average > explained;
  const load = isPressed ? average : coming;
  // What waits now and will still wait when a replica that is asked for now has started: as much as may wait longer.
  const leftMs = maxQueueWaitMs - start.takesMs;
  const draining = leftMs > 0 ? (queued * takes * 1000) / leftMs : 0;
  const patience = maxQueueWaitMs / 2000 / takes;
  const wanted = slotsFor(load, patience, CHANCE, maxReplicas * slots) + Math.ceil(draining);
  const replicas = Math.max(Math.ceil(wanted / slots), busy + queued > 0 ? 1 : 0);
  return {
    replicas,
    kind: kindOf(rate, isPressed),
    reason: reasonOf({ rate, takes, load, isPressed, draining, replicas, patience }),
  };
}

function kindOf({ isSurge, windowMs }: Arrivals, isPressed: boolean): Need['kind'] {
  return isSurge ? 'surge' : isPressed ? 'pressed' : windowMs >= LONGEST_WINDOW_MS ? 'even' : 'changed';
}

interface Reasons {
  readonly rate: Arrivals;
  readonly takes: number;
  readonly load: number;
  readonly isPressed: boolean;
  readonly draining: number;
  readonly replicas: number;
  readonly patience: number;
}

function reasonOf({ rate, takes, load, isPressed, draining, replicas, patience }: Reasons): string {
  const came = `${rate.perSecond.toFixed(1)} requests/s ${rate.isSurge ? 'all at once ' : ''}in the last ${seconds(rate.windowMs)} of ${takes.toFixed(2)} s each`;
  const keep = isPressed
    ? `, and long ones among them, keep ${load.toFixed(1)} slots busy`
    : ` keep ${load.toFixed(1)} slots busy`;
  const drain = draining > 0 ? `, those that wait ${draining.toFixed(1)} more` : '';
  return `${came}${keep}${drain}; with ${replicas} replicas no more than ${(CHANCE * 100).toFixed(1)} % wait ${(patience * takes).toFixed(2)} s`;
}

function remember(settings: ScalingSettings, seen: Observation, before: ForecastMemory | undefined): ForecastMemory {
  const { now, busy, counts, isComplete } = seen;
  if (before === undefined || !isContinued(settings, before.latest, now)) {
    return {
      since: now,
      latest: now,
      samples: [],
      work: { seconds: 0, requests: 0 },
      start: before?.start ?? UNKNOWN_START,
      surges: [],
      held: [],
    };
  }
  const start = learnStart(before.start, seen);
  const forMs = now - before.latest;
  // Of a router that was silent nothing is known: neither were there no requests, nor is the rest a rate.
  if (counts === null || !isComplete || forMs === 0) {
    return { ...before, latest: now, start };
  }
  const last = before.samples.at(-1)?.busy ?? busy;
  const fades = Math.exp(-forMs / WORK_MEMORY_MS);
  const work = {
    seconds: before.work.seconds * fades + (((busy + last) / 2) * forMs) / 1000,
    requests: before.work.requests * fades + counts.answered,
  };
  const samples = [...before.samples, { at: now, forMs, arrived: counts.arrived, busy }];
  return { ...before, latest: now, samples: recent(samples, LONGEST_WINDOW_MS), work, start };
}
