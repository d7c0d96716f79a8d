/**
 * Brings one compute target to what the record says. On this machine a cluster is a share of the machine, so there
 * is nothing to make but the record itself; what a target must not lose is checked before its operation was written.
 */
import { clusterCapacity, hasEnded } from '@farled/contract';
import type { ComputeRecord, OperationRecord, State } from '@farled/state';

import type { Result } from '../loop/loop.ts';

export interface ComputeReconcilerParts {
  readonly state: State;
}

export class ComputeReconciler {
  readonly #state: State;

  constructor({ state }: ComputeReconcilerParts) {
    this.#state = state;
  }

  async adopt(): Promise<readonly string[]> {
    const computes = await this.#state.computes.all();
    const running = await this.#state.operations.running();
    const targets = running
      .filter((operation) => operation.targetType === 'compute')
      .map((operation) => operation.targetId);
    return [...new Set([...computes.map((compute) => compute.id), ...targets])];
  }

  async reconcile(computeId: string): Promise<Result> {
    const running = await this.#state.operations.running();
    const operation = running.find(({ targetId, state }) => targetId === computeId && !hasEnded(state));
    if (operation === undefined) {
      return {};
    }
    const compute = await this.#state.computes.byId(computeId);
    await this.#state.operations.setState(operation.id, 'Running');
    if (operation.kind === 'CreateCompute') {
      await this.#create(compute, operation);
    } else {
      await this.#remove(compute, operation);
    }
    await this.#state.operations.setState(operation.id, 'Succeeded');
    return {};
  }

  async #create(compute: ComputeRecord | undefined, operation: OperationRecord): Promise<void> {
    if (compute === undefined || compute.provisioningState === 'Succeeded') {
      return;
    }
    const { cpu, memoryInGB } = clusterCapacity(compute);
    const how = compute.attached ? 'attached to' : 'created with';
    await this.#state.operations.appendLog(operation.id, [
      `Compute target "${compute.name}" is ${how} ${compute.agentCount} x ${compute.vmSize}: ${cpu} vCPU and ${memoryInGB} GB in all, on this machine.`,
      `Purpose ${compute.clusterPurpose}.`,
    ]);
    await this.#state.computes.setProvisioning(compute.id, 'Succeeded', []);
  }

  async #remove(compute: ComputeRecord | undefined, operation: OperationRecord): Promise<void> {
    if (compute === undefined) {
      return;
    }
    const forgetsCluster = operation.kind === 'DeleteCompute';
    await this.#state.operations.appendLog(operation.id, [
      forgetsCluster
        ? `Compute target "${compute.name}" is deleted with its cluster.`
        : `Compute target "${compute.name}" is detached; its cluster stays known.`,
    ]);
    await this.#state.transaction(async (stores) => {
      await stores.computes.remove(compute.id);
      if (forgetsCluster) {
        await stores.clusters.remove(compute.clusterResourceId);
      }
    });
  }
}
