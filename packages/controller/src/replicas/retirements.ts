/** Removes replicas beside the loop: each takes as long as its last request. A crash only repeats the removal. */
import type { Logger } from '@farled/service';

import type { Substrate } from '../substrate/substrate.ts';

export interface RetirementsParts {
  readonly substrate: Pick<Substrate, 'remove'>;
  /** Called when a replica of that service is gone. */
  readonly ended: (serviceId: string) => void;
  readonly log: Logger;
}

export class Retirements {
  readonly #parts: RetirementsParts;
  readonly #running = new Set<string>();

  constructor(parts: RetirementsParts) {
    this.#parts = parts;
  }

  has(replicaId: string): boolean {
    return this.#running.has(replicaId);
  }

  /** Starts the removal; false when it runs already. */
  start(serviceId: string, replicaId: string, graceMs: number): boolean {
    if (this.#running.has(replicaId)) {
      return false;
    }
    this.#running.add(replicaId);
    void this.#remove(serviceId, replicaId, graceMs);
    return true;
  }

  async #remove(serviceId: string, replicaId: string, graceMs: number): Promise<void> {
    try {
      await this.#parts.substrate.remove(replicaId, graceMs);
    } catch (error) {
      this.#parts.log.error({ err: error, replica: replicaId }, 'Replica could not be removed');
    } finally {
      this.#running.delete(replicaId);
      this.#parts.ended(serviceId);
    }
  }
}
