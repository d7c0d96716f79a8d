/**
 * One that knows what will come: the limit of what a scaler can do. It begins with as many replicas as let no request
 * wait, and takes away wherever a rehearsal shows that nothing is lost by it. There may be a plan that costs
 * even less: this is a bound from above of the least.
 */
import { bounded } from '../../laws/law.ts';
import { LOOK_EVERY_MS, type ScalerOf, type SimulationSettings } from '../scaler.ts';
import { simulate } from '../simulate.ts';
import type { Trace } from '../trace.ts';

/** Replicas to ask for at each look. */
type Plan = readonly number[];

const following =
  (plan: Plan): ScalerOf =>
  () =>
  ({ now, asked }) =>
    plan[now / LOOK_EVERY_MS] ?? asked;

/** Stretches of time are thinned as a whole, and halved until there are as many. */
const FINEST_STRETCHES = 120;

export const clairvoyant: ScalerOf = (settings, trace) => {
  let plan = ahead(settings, wanted(settings, trace));
  let best = rehearse(settings, trace, plan);
  const thin = (from: number, to: number, fewer: number): void => {
    const thinned = plan.map((count, look) => (look >= from && look < to ? bounded(settings, count - fewer) : count));
    if (thinned.every((count, look) => count === plan[look])) {
      return;
    }
    const tried = rehearse(settings, trace, thinned);
    if (tried.lost <= best.lost && tried.replicaSeconds <= best.replicaSeconds) {
      plan = thinned;
      best = tried;
    }
  };
  const finest = Math.max(1, Math.floor(plan.length / FINEST_STRETCHES));
  for (let looks = plan.length; looks >= finest; looks = looks === 1 ? 0 : Math.ceil(looks / 2)) {
    for (let from = 0; from < plan.length; from += looks) {
      const most = Math.max(...plan.slice(from, from + looks)) - settings.minReplicas;
      for (let fewer = most; fewer >= 1; fewer = Math.floor(fewer / 2)) {
        thin(from, from + looks, fewer);
      }
    }
  }
  return following(plan)(settings, trace);
};

function rehearse(
  settings: SimulationSettings,
  trace: Trace,
  plan: Plan,
): { readonly lost: number; readonly replicaSeconds: number } {
  const { refused, missed, replicaSeconds } = simulate(trace, settings, following(plan));
  return { lost: refused + missed, replicaSeconds };
}

/** As many in each stretch between looks as have a slot for every request the moment it comes. */
function wanted(settings: SimulationSettings, { requests, durationMs }: Trace): number[] {
  const changes = requests
    .flatMap(({ at, serviceMs }) => [
      { at, by: 1 },
      { at: at + serviceMs, by: -1 },
    ])
    .toSorted((a, b) => a.at - b.at || a.by - b.by);
  const peaks = Array.from({ length: Math.ceil(durationMs / LOOK_EVERY_MS) }, () => 0);
  let inflight = 0;
  let look = 0;
  for (const { at, by } of changes) {
    for (; look < Math.min(peaks.length - 1, Math.floor(at / LOOK_EVERY_MS)); look += 1) {
      peaks[look + 1] = inflight;
    }
    inflight += by;
    peaks[look] = Math.max(peaks[look] ?? 0, inflight);
  }
  return peaks.map((peak) => bounded(settings, Math.ceil(peak / settings.maxConcurrentRequestsPerContainer)));
}

/** Asked for so early that they are ready in time; one that would soon be started again is kept. */
function ahead({ replicaStartMs }: SimulationSettings, counts: Plan): Plan {
  const looks = Math.ceil(replicaStartMs / LOOK_EVERY_MS);
  return counts.map((_, look) => Math.max(...counts.slice(look, look + looks + 1)));
}
