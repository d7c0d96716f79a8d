/**
 * What the autoscaler decided, for people: every change, and every refusal to change, which is said once and not at
 * every look. Bounded; time is in what is noted.
 */
import { KEPT_DECISIONS, type ScalingDecision } from '@farled/contract';

import type { ScalingSettings } from './laws/law.ts';

/** One look at a service, and what came of it. */
export interface Looked extends Pick<
  ScalingDecision,
  'busy' | 'queued' | 'isComplete' | 'replicas' | 'desired' | 'because'
> {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly settings: ScalingSettings;
  /** Where something else than the law refused; else it follows from the numbers. */
  readonly outcome?: ScalingDecision['outcome'];
}

type Entries = readonly ScalingDecision[];

/** A refusal that goes on is said again after so long. */
const REPEATED_MS = 10 * 60_000;
/** Over all services: what fits into an object of Kubernetes beside the rest. */
const KEPT_IN_ALL = 1000;

export class DecisionLog {
  #byService: Map<string, Entries>;

  /** With what was logged before. */
  constructor(before: Readonly<Record<string, Entries>> = {}) {
    this.#byService = new Map(Object.entries(before));
  }

  /** True when it was worth an entry. */
  note(service: string, looked: Looked): boolean {
    const entry = entryOf(looked);
    const entries = this.of(service);
    if (entry === null || isRepetition(entry, entries)) {
      return false;
    }
    this.#byService.set(service, [...entries, entry].slice(-KEPT_DECISIONS));
    this.#forgetOldest();
    return true;
  }

  /** Oldest first. */
  of(service: string): Entries {
    return this.#byService.get(service) ?? [];
  }

  forget(service: string): void {
    this.#byService.delete(service);
  }

  /** Only services that are still there. */
  all(services: Iterable<string>): Record<string, Entries> {
    const present = new Set(services);
    this.#byService = new Map([...this.#byService].filter(([service]) => present.has(service)));
    return Object.fromEntries(this.#byService);
  }

  #forgetOldest(): void {
    const count = [...this.#byService.values()].reduce((sum, entries) => sum + entries.length, 0);
    if (count <= KEPT_IN_ALL) {
      return;
    }
    const [oldest] = [...this.#byService].toSorted(([, a], [, b]) => ((a[0]?.at ?? '') < (b[0]?.at ?? '') ? -1 : 1));
    if (oldest !== undefined) {
      this.#byService.set(oldest[0], oldest[1].slice(1));
    }
  }
}

/** Null when as many replicas as the load needs are asked for already. */
function entryOf({ now, settings, outcome: said, ...looked }: Looked): ScalingDecision | null {
  const outcome = said ?? outcomeOf(settings, looked);
  const { minReplicas, maxReplicas, targetUtilization, refreshPeriodInSeconds } = settings;
  const { maxConcurrentRequestsPerContainer } = settings;
  return outcome === null
    ? null
    : {
        at: new Date(now).toISOString(),
        outcome,
        ...looked,
        settings: {
          minReplicas,
          maxReplicas,
          targetUtilization,
          refreshPeriodInSeconds,
          maxConcurrentRequestsPerContainer,
        },
      };
}

function outcomeOf(
  settings: ScalingSettings,
  { busy, queued, replicas, desired }: Pick<Looked, 'busy' | 'queued' | 'replicas' | 'desired'>,
): ScalingDecision['outcome'] | null {
  if (desired !== replicas) {
    return 'scaled';
  }
  // What is there in one moment is not what this law goes by: only a limit refuses.
  if (settings.law === 'forecast' && desired < settings.maxReplicas) {
    return null;
  }
  const slots = settings.maxConcurrentRequestsPerContainer * settings.targetUtilization;
  const needed = Math.ceil(((busy + queued) * 100) / slots);
  if (needed > desired) {
    return 'refusedMore';
  }
  return Math.max(needed, settings.minReplicas) < desired ? 'refusedFewer' : null;
}

/** Load that goes up and down around a limit would fill the log. */
function isRepetition({ outcome, at }: ScalingDecision, entries: Entries): boolean {
  if (outcome === 'scaled') {
    return false;
  }
  const sinceScaled = entries.slice(entries.findLastIndex((entry) => entry.outcome === 'scaled') + 1);
  const latest = sinceScaled.findLast((entry) => entry.outcome === outcome);
  return latest !== undefined && Date.parse(at) - Date.parse(latest.at) < REPEATED_MS;
}
