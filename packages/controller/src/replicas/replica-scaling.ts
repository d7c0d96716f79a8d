/**
 * Scales services on the local machine by their load, as routers do in a cluster: by the same law, from what the routers
 * count. Only the control plane can start processes here, so nothing is scaled while it does not run.
 */
import { DecisionLog, demand, look, type Scaled, type ScalingSettings } from '@farled/autoscaling';
import type { RouterStatistics, ScalingDecision, ServiceSettings } from '@farled/contract';
import type { Clock, Logger } from '@farled/service';

export interface ReplicaScalingParts {
  /** Of every router that can be asked. @throws when none can. */
  readonly statistics: (signal: AbortSignal) => Promise<readonly RouterStatistics[]>;
  /** Another number of replicas is wanted. */
  readonly changed: (serviceId: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Followed {
  readonly name: string;
  settings: ScalingSettings;
  desired: number;
  because: string | null;
  known: Scaled | undefined;
  busy: number;
  queued: number;
}

/** refreshPeriodInSeconds is whole. */
const EVERY_MS = 1000;
const ASK_MS = 1000;

export class ReplicaScaling implements AsyncDisposable {
  readonly #parts: ReplicaScalingParts;
  readonly #services = new Map<string, Followed>();
  readonly #decisions = new DecisionLog();
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(parts: ReplicaScalingParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** How many replicas are wanted now; `present` is where a service begins that was not followed before. */
  follow({ id, name }: { readonly id: string; readonly name: string }, all: ServiceSettings, present: number): number {
    const settings = automatic(all);
    if (settings === null) {
      this.#services.delete(id);
      return all.numReplicas ?? all.autoScaler.minReplicas;
    }
    const followed = this.#services.get(id);
    const within = (replicas: number): number =>
      Math.min(settings.maxReplicas, Math.max(settings.minReplicas, replicas));
    if (followed === undefined) {
      const desired = within(present);
      this.#services.set(id, { name, settings, desired, because: null, known: undefined, busy: 0, queued: 0 });
      return desired;
    }
    followed.settings = settings;
    followed.desired = within(followed.desired);
    return followed.desired;
  }

  /** Why there are as many replicas as are wanted; null before anything was decided. */
  because(serviceId: string): string | null {
    return this.#services.get(serviceId)?.because ?? null;
  }

  /** There is room for no more than so many of the replicas that are wanted. */
  limit(serviceId: string, replicas: number, because: string): void {
    const followed = this.#services.get(serviceId);
    if (followed !== undefined) {
      const { settings, busy, queued } = followed;
      const now = this.#parts.clock.now();
      this.#decisions.note(serviceId, {
        now,
        settings,
        outcome: 'refusedMore',
        busy,
        queued,
        isComplete: true,
        replicas,
        desired: replicas,
        because,
      });
    }
  }

  /** Oldest first, since this process began. */
  decisions(serviceId: string): readonly ScalingDecision[] {
    return this.#decisions.of(serviceId);
  }

  /** It is gone, or nothing of it is to run. */
  forget(serviceId: string): void {
    this.#services.delete(serviceId);
    this.#decisions.forget(serviceId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort(new Error('the controller stops'));
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#parts;
    const { signal } = this.#stopping;
    let isFailing = false;
    while (!signal.aborted) {
      try {
        if (this.#services.size > 0) {
          await this.#round(signal);
        }
        isFailing = false;
      } catch (error) {
        if (!signal.aborted && !isFailing) {
          isFailing = true;
          log.warn({ err: error }, 'The load of services is not known: replicas stay as many as they are');
        }
      }
      await clock.sleep(isFailing ? EVERY_MS : this.#untilDue(), signal).catch(() => {});
    }
  }

  #untilDue(): number {
    const now = this.#parts.clock.now();
    const next = Math.min(...[...this.#services.values()].map(({ known }) => known?.nextAt ?? now + EVERY_MS));
    return Math.max(1, Math.min(EVERY_MS, next - now));
  }

  async #round(signal: AbortSignal): Promise<void> {
    const { statistics, clock, log, changed } = this.#parts;
    const demands = demand(await statistics(AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)])));
    const now = clock.now();
    for (const [id, followed] of this.#services) {
      const { name, settings, desired: current, known } = followed;
      const seen = demands.get(name);
      if (seen === undefined) {
        followed.known = undefined;
        continue;
      }
      const { decision, after } = look(settings, { now, ...seen, isComplete: true, current }, known);
      const { busy, queued } = seen;
      Object.assign(followed, { known: after, busy, queued });
      if (decision === null) {
        continue;
      }
      const { desired, because } = decision;
      this.#decisions.note(id, { now, settings, busy, queued, isComplete: true, replicas: current, desired, because });
      if (desired !== current) {
        log.info({ service: name, busy, queued, current, desired, because }, 'Replicas are scaled');
        Object.assign(followed, { desired, because });
        changed(id);
      }
    }
  }
}

/** Null when the number of replicas is said once and for all. */
function automatic(settings: ServiceSettings): ScalingSettings | null {
  const { numReplicas, autoScaler, maxConcurrentRequestsPerContainer, maxQueueWaitMs } = settings;
  const { autoscaleEnabled, ...bounds } = autoScaler;
  return numReplicas !== null || !autoscaleEnabled
    ? null
    : { ...bounds, maxConcurrentRequestsPerContainer, maxQueueWaitMs };
}
