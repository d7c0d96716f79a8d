/** What is asked of a service over a time: generated from a rate, or recorded. */
import { exponential, type Random } from './random.ts';

export interface Request {
  /** Milliseconds since the trace began. */
  readonly at: number;
  /** How long a replica takes for it. */
  readonly serviceMs: number;
}

export interface Trace {
  readonly name: string;
  readonly durationMs: number;
  /** In the order they come. */
  readonly requests: readonly Request[];
}

export interface Load {
  readonly durationMs: number;
  /** Requests per second at a time, and the most that they ever are. */
  readonly rate: (at: number) => number;
  readonly peak: number;
  readonly serviceMs: (random: Random) => number;
}

/** Requests come independently of each other: a Poisson process of the peak rate, thinned to the rate of the moment. */
export function generate(name: string, { durationMs, rate, peak, serviceMs }: Load, random: Random): Trace {
  const requests: Request[] = [];
  for (let at = exponential(random, 1000 / peak); at < durationMs; at += exponential(random, 1000 / peak)) {
    if (random() * peak < rate(at)) {
      requests.push({ at, serviceMs: serviceMs(random) });
    }
  }
  return { name, durationMs, requests };
}
