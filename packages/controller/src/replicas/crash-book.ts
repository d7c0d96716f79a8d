/** Counts each end of a replica once, per service and revision. */
import type { ObservedReplica } from '../substrate/substrate.ts';
import { type CrashHistory, noCrashes, recordExit } from './crash-history.ts';

export class CrashBook {
  readonly #histories = new Map<string, CrashHistory>();
  readonly #counted = new Map<string, Set<string>>();

  /** The history of the revision with what is observed now; `told` receives each end that is new. */
  update(
    serviceId: string,
    revision: string,
    observed: readonly ObservedReplica[],
    told: (replica: ObservedReplica, history: CrashHistory) => void,
  ): CrashHistory {
    const known = this.#histories.get(serviceId);
    let history = known?.revision === revision ? known : noCrashes(revision);
    const counted = this.#counted.get(serviceId) ?? new Set();
    for (const replica of observed) {
      if (replica.exit !== null && replica.revision === revision && !counted.has(replica.id)) {
        history = recordExit(history, replica.exit, replica.startedAt);
        told(replica, history);
      }
    }
    const ended = observed.filter((replica) => replica.exit !== null).map((replica) => replica.id);
    this.#counted.set(serviceId, new Set(ended));
    this.#histories.set(serviceId, history);
    return history;
  }

  /** A new attempt begins: earlier ends don't count against it. */
  reset(serviceId: string): void {
    this.#histories.delete(serviceId);
  }

  forget(serviceId: string): void {
    this.#histories.delete(serviceId);
    this.#counted.delete(serviceId);
  }
}
