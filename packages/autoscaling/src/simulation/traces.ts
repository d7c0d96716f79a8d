/** The loads that scalers are held against each other by: twenty minutes each, of a model that takes about 0.2 s. */
import { lognormal, pareto, type Random, seeded } from './random.ts';
import { generate, type Load, type Trace } from './trace.ts';

const DURATION_MS = 20 * 60_000;
const MEAN_SERVICE_MS = 200;
const MINUTE_MS = 60_000;

const even = (random: Random): number => lognormal(random, MEAN_SERVICE_MS, 0.3);
/** One in a hundred takes more than two seconds; the longest is cut where scoring times out. */
const heavyTailed = (random: Random): number => Math.min(60_000, pareto(random, MEAN_SERVICE_MS, 1.5));

type Shape = Pick<Load, 'rate' | 'peak'> & Partial<Pick<Load, 'serviceMs'>>;

const SHAPES: Readonly<Record<string, (random: Random) => Shape>> = {
  steady: () => ({ peak: 20, rate: () => 20 }),
  'step x10': () => ({ peak: 50, rate: (at) => (at < DURATION_MS / 4 || at > (DURATION_MS * 3) / 4 ? 5 : 50) }),
  'spike train': () => ({ peak: 60, rate: (at) => (at % (2 * MINUTE_MS) > MINUTE_MS + 50_000 ? 60 : 6) }),
  diurnal: () => ({ peak: 40, rate: (at) => 21 - 19 * Math.cos((2 * Math.PI * at) / DURATION_MS) }),
  'on-off': () => ({ peak: 30, rate: (at) => (Math.floor(at / (3 * MINUTE_MS)) % 2 === 1 ? 30 : 0) }),
  ramp: () => ({ peak: 50, rate: (at) => 2 + (48 * at) / DURATION_MS }),
  'heavy-tailed service times': () => ({ peak: 20, rate: () => 20, serviceMs: heavyTailed }),
  'self-similar': selfSimilar,
};

const SEED = 20_190_501;

/** What may be asked of `generatedTrace`: the first word of each name. */
export const GENERATED_TRACES = Object.keys(SHAPES).map((name) => name.replace(/ .*/, ''));

/** @returns undefined for a kind that isn't there. */
export function generatedTrace(kind: string, seed = SEED): Trace | undefined {
  const index = GENERATED_TRACES.indexOf(kind);
  return index === -1 ? undefined : traceOf(index, seed);
}

export function traces(seed = SEED): readonly Trace[] {
  return GENERATED_TRACES.map((_, index) => traceOf(index, seed));
}

function traceOf(index: number, seed: number): Trace {
  const [name = '', shapeOf = selfSimilar] = Object.entries(SHAPES)[index] ?? [];
  const random = seeded(seed + index);
  return generate(name, { durationMs: DURATION_MS, serviceMs: even, ...shapeOf(random) }, random);
}

/**
 * Many callers, each at times busy and at times silent for times of infinite variance: bursts at every scale. source:
 * Willinger, Taqqu, Sherman, Wilson: Self-similarity through high-variability (1997).
 */
function selfSimilar(random: Random): Shape {
  const callers = 40;
  const perCaller = 2;
  const changes: { at: number; by: number }[] = [];
  for (let caller = 0; caller < callers; caller += 1) {
    let isBusy = random() < 1 / 4;
    for (let at = 0; at < DURATION_MS; isBusy = !isBusy) {
      const lasts = pareto(random, isBusy ? 5000 : 15_000, 1.4);
      if (isBusy) {
        changes.push({ at, by: 1 }, { at: at + lasts, by: -1 });
      }
      at += lasts;
    }
  }
  changes.sort((a, b) => a.at - b.at);
  let next = 0;
  let busy = 0;
  return {
    peak: callers * perCaller,
    // Asked for in the order of time.
    rate: (at) => {
      for (let change = changes[next]; change !== undefined && change.at <= at; change = changes[next]) {
        busy += change.by;
        next += 1;
      }
      return busy * perCaller;
    },
  };
}
