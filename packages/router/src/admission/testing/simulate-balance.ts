/** A service's day in virtual time: what requests wait and take, under a rule that chooses among open replicas. */

export interface SimulatedReplica {
  readonly id: string;
  inFlight: number;
}

export interface Rule {
  /** One that has a free slot, else undefined. */
  take(now: number): SimulatedReplica | undefined;
  answered(replica: SimulatedReplica, tookMs: number, now: number): void;
}

export interface Setting {
  /** How many times as long each replica takes. */
  readonly slowness: readonly number[];
  readonly slots: number;
  readonly meanMs: number;
  /** Of the mean: 0 is always the same, 1 as exponential. */
  readonly spread: number;
  /** Of what the replicas can do. */
  readonly load: number;
  readonly requests: number;
  /** Whether the slots of a replica share one processor. */
  readonly isShared: boolean;
}

interface Running {
  readonly replica: SimulatedReplica;
  readonly index: number;
  readonly arrived: number;
  readonly begun: number;
  left: number;
}

/** How long requests took from their arrival, sorted, in milliseconds. */
export function simulateBalance(
  setting: Setting,
  replicas: readonly SimulatedReplica[],
  rule: Rule,
  random: () => number,
): number[] {
  const { slowness, slots, meanMs, spread, load, requests, isShared } = setting;
  const capacity = slowness.reduce((sum, factor) => sum + (isShared ? 1 : slots) / factor, 0) / meanMs;
  const running: Running[] = [];
  const queue: { readonly arrived: number; readonly work: number }[] = [];
  const took: number[] = [];
  let now = 0;
  let left = requests;
  let arrives = 0;
  const speed = ({ replica, index }: Running): number =>
    1 / ((slowness[index] as number) * (isShared ? replica.inFlight : 1));
  const begin = (arrived: number, work: number): boolean => {
    const replica = rule.take(now);
    if (replica === undefined) {
      return false;
    }
    replica.inFlight += 1;
    running.push({ replica, index: replicas.indexOf(replica), arrived, begun: now, left: work });
    return true;
  };
  while (took.length < requests) {
    let next: Running | undefined;
    let inMs = left > 0 ? arrives - now : Number.POSITIVE_INFINITY;
    for (const one of running) {
      const needs = one.left / speed(one);
      if (needs < inMs) {
        [next, inMs] = [one, needs];
      }
    }
    running.forEach((one) => (one.left -= inMs * speed(one)));
    now += inMs;
    if (next === undefined) {
      left -= 1;
      arrives = now - Math.log(1 - random()) / (capacity * load);
      const work = meanMs * (1 - spread - spread * Math.log(1 - random()));
      if (queue.length > 0 || !begin(now, work)) {
        queue.push({ arrived: now, work });
      }
      continue;
    }
    running.splice(running.indexOf(next), 1);
    next.replica.inFlight -= 1;
    took.push(now - next.arrived);
    rule.answered(next.replica, now - next.begun, now);
    const [first] = queue;
    if (first !== undefined && begin(first.arrived, first.work)) {
      queue.shift();
    }
  }
  return took.toSorted((a, b) => a - b);
}
