/** Whether a rollout may take its next step: what became of the treatment's requests against the control's. Pure. */
import { type LatencyCounts, longestOfBucket } from '@farled/contract';

import type { Tally } from './tally.ts';

/** When a step is over, and what ends the rollout. */
export interface GateSettings {
  /** That the treatment has in this step, for words. */
  readonly trafficPercentile: number;
  readonly minimumSeconds: number;
  /** Of the treatment. */
  readonly minimumRequests: number;
  /** In points, from 0 to 1: how much greater the treatment's rate of errors may be than the control's. Null: any. */
  readonly maxErrorRateIncrease: number | null;
  /** How many times the control's 99th percentile the treatment's may be. Null: any. */
  readonly maxP99Ratio: number | null;
}

export interface GateInput {
  readonly settings: GateSettings;
  /** Since the step began. */
  readonly control: Tally;
  readonly treatment: Tally;
  /** Milliseconds since the epoch, both. */
  readonly since: number;
  readonly now: number;
}

export interface GateDecision {
  readonly decision: 'hold' | 'advance' | 'rollBack';
  /** One sentence with the numbers. */
  readonly because: string;
}

/** With fewer requests, a 99th percentile is the slowest one; and a rate of the control is chance. */
const TELLING = 100;
/** A rate is greater for certain when it is by so many standard errors: it is looked at again and again. */
const CERTAIN = 4;
/** Nor is anything certain by fewer errors. */
const FEW_ERRORS = 5;
/** Under a hundredth of a second, what differs is the network and the machine. */
const NOTICEABLE_MS = 10;

/**
 * Errors are what was not answered as it should be: 5xx, timeouts, broken connections, and requests that were refused
 * because every slot was taken. A client that left before its answer is no error.
 *
 * A rate that is too high for certain ends the rollout at once; else the step is judged when it had its time and its
 * requests. A control without traffic worth the name is no measure: then the limit of errors stands alone.
 */
export function decideGate({ settings, control, treatment, since, now }: GateInput): GateDecision {
  const { minimumSeconds, minimumRequests, maxErrorRateIncrease, maxP99Ratio } = settings;
  const [mine, theirs] = [outcome(treatment), outcome(control)];
  const isMeasure = theirs.requests >= TELLING;
  const seconds = Math.max(0, Math.floor((now - since) / 1000));
  const isTime = seconds >= minimumSeconds;
  const needed = Math.max(1, minimumRequests, maxP99Ratio === null ? 1 : TELLING);
  const isEnough = mine.requests >= needed;

  if (maxErrorRateIncrease !== null && mine.requests > 0) {
    const limit = maxErrorRateIncrease + (isMeasure ? theirs.rate : 0);
    if ((mine.errors >= FEW_ERRORS && certainRate(mine) > limit) || (isTime && isEnough && mine.rate > limit)) {
      const against = isMeasure
        ? `${percent(theirs.rate)} of the control's ${theirs.requests}, and ${percent(maxErrorRateIncrease)} more are allowed`
        : `${percent(maxErrorRateIncrease)} are allowed, and the control had no more than ${theirs.requests} to compare with`;
      return say(
        'rollBack',
        `${mine.errors} of ${mine.requests} requests failed (${percent(mine.rate)}), against ${against}`,
      );
    }
  }
  if (!isTime || !isEnough) {
    return say(
      'hold',
      `after ${seconds} of at least ${minimumSeconds} s, ${mine.requests} of at least ${needed} requests have come at ${settings.trafficPercentile} % of the traffic`,
    );
  }
  const rates = `${percent(mine.rate)} of ${mine.requests} requests failed, ${percent(theirs.rate)} of the control's ${theirs.requests}`;
  if (maxP99Ratio === null) {
    return say('advance', rates);
  }
  const own = quantileBucket(treatment.latency, 0.99);
  const other = quantileBucket(control.latency, 0.99);
  if (own === null || other === null || !isMeasure) {
    return say('advance', `${rates}, too few to compare how long they took`);
  }
  const times = `the 99th percentile is ${longest(own)}, against ${longest(other)} of the control`;
  // The least that it can be, against the most that is allowed: two neighbouring buckets may have nearly equal times.
  const least = longestOfBucket(own - 1);
  return least > longestOfBucket(other) * maxP99Ratio && least - longestOfBucket(other) >= NOTICEABLE_MS
    ? say('rollBack', `${times}, and ${maxP99Ratio} times as much is allowed`)
    : say('advance', `${rates}; ${times}`);
}

interface Outcome {
  readonly requests: number;
  readonly errors: number;
  readonly rate: number;
}

function outcome({ answered, refused, failed, errors }: Tally): Outcome {
  const requests = answered + refused + failed;
  const wrong = errors + refused;
  return { requests, errors: wrong, rate: requests === 0 ? 0 : wrong / requests };
}

/** The least that the true rate is, for certain: the lower end of Wilson's interval. */
function certainRate({ requests, rate }: Outcome): number {
  const square = CERTAIN ** 2;
  const centre = rate + square / (2 * requests);
  const spread = CERTAIN * Math.sqrt((rate * (1 - rate)) / requests + square / (4 * requests ** 2));
  return (centre - spread) / (1 + square / requests);
}

/** Index of the bucket that the quantile is in. Null when there is nothing. */
export function quantileBucket({ from, counts }: LatencyCounts, fraction: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let left = Math.ceil(total * fraction);
  for (const [index, count] of counts.entries()) {
    left -= count;
    if (total > 0 && left <= 0) {
      return from + index;
    }
  }
  return null;
}

function say(decision: GateDecision['decision'], because: string): GateDecision {
  return { decision, because: `${because.charAt(0).toUpperCase()}${because.slice(1)}.` };
}

function percent(rate: number): string {
  return `${Number((rate * 100).toPrecision(3))} %`;
}

function longest(bucket: number): string {
  return `${Number(longestOfBucket(bucket).toPrecision(3))} ms`;
}
