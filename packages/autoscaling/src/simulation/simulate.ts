/** What would become of a trace under a scaler. Pure: the same trace, settings and scaler give the same outcome. */
import { LOOK_EVERY_MS, type ScalerOf, type Seen, type SimulationSettings } from './scaler.ts';
import { SimulatedService } from './simulated-service.ts';
import type { Trace } from './trace.ts';

export interface Outcome {
  /** Scored in time. */
  readonly answered: number;
  /** Scored, but waited longer than the deadline. */
  readonly missed: number;
  /** Waited as long as a request may. */
  readonly refused: number;
  /** Of the waiting of those that were scored; 0 when none was. */
  readonly p50WaitMs: number;
  readonly p99WaitMs: number;
  readonly replicaSeconds: number;
  /** Replicas that were asked for, each time the number changed. */
  readonly replicas: readonly { readonly at: number; readonly count: number }[];
  /** What was seen each second, and how many had been refused by then. */
  readonly looks: readonly (Seen & { readonly refused: number })[];
}

export function simulate(trace: Trace, settings: SimulationSettings, scalerOf: ScalerOf): Outcome {
  const service = new SimulatedService(settings, trace.durationMs);
  const scaler = scalerOf(settings, trace);
  const replicas = [{ at: 0, count: settings.initialReplicas }];
  const looks: Outcome['looks'][number][] = [];
  let arrived = 0;
  let nextLookAt = 0;
  for (;;) {
    const request = trace.requests[arrived];
    const arrivesAt = request?.at ?? Number.POSITIVE_INFINITY;
    const looksAt = nextLookAt < trace.durationMs ? nextLookAt : Number.POSITIVE_INFINITY;
    const now = Math.min(service.nextAt, arrivesAt, looksAt);
    if (now === Number.POSITIVE_INFINITY) {
      break;
    }
    service.advance(now);
    if (request !== undefined && arrivesAt === now) {
      service.arrive(request);
      arrived += 1;
    } else if (looksAt === now) {
      nextLookAt += LOOK_EVERY_MS;
      const seen = service.look();
      looks.push({ ...seen, refused: service.refused });
      const count = scaler(seen);
      if (count !== seen.asked) {
        service.scaleTo(count);
        replicas.push({ at: now, count });
      }
    }
  }
  // The cost of the last moments, in which nothing happened.
  service.advance(Math.max(trace.durationMs, service.now));
  return { ...outcome(service, settings), replicas, looks };
}

function outcome(service: SimulatedService, settings: SimulationSettings): Omit<Outcome, 'replicas' | 'looks'> {
  const waits = Float64Array.from(service.waits).toSorted();
  const missed = waits.filter((wait) => wait > settings.deadlineMs).length;
  const percentile = (part: number): number => waits[Math.ceil(waits.length * part) - 1] ?? 0;
  return {
    answered: waits.length - missed,
    missed,
    refused: service.refused,
    p50WaitMs: percentile(0.5),
    p99WaitMs: percentile(0.99),
    replicaSeconds: service.replicaMs / 1000,
  };
}
