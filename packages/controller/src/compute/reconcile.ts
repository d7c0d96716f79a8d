/** Brings one compute target to what the record says: on this machine a record is all there is, in a cluster routers are. */
import { clusterCapacity, type ErrorBody, errorToWire, FarledError, hasEnded, isFarledError } from '@farled/contract';
import { isKubernetesError } from '@farled/kubernetes';
import type { Clock } from '@farled/service';
import type { ComputeRecord, OperationRecord, State } from '@farled/state';

import type { Result } from '../loop/loop.ts';
import type { Installed } from './kubernetes/installed.ts';

/** What a Kubernetes behind a compute target is asked. */
export interface ClusterInstaller {
  install(compute: ComputeRecord, log: (line: string) => void, signal: AbortSignal): Promise<Installed>;
  /** Changes nothing in the cluster. */
  refresh(compute: ComputeRecord, signal: AbortSignal): Promise<Installed>;
  /** True once nothing is left that it may take away. */
  uninstall(compute: ComputeRecord, log: (line: string) => void, signal: AbortSignal): Promise<boolean>;
}

export interface ComputeReconcilerParts {
  readonly state: State;
  readonly installer: ClusterInstaller;
  /** The target is gone: its cluster is closed. */
  readonly removed: (computeId: string) => Promise<void>;
  /** How long a cluster may take to bring the routers up, and to let go of them. */
  readonly provisioningTimeoutMs: number;
  /** How long to wait for a load balancer before the port of the nodes is taken instead. */
  readonly loadBalancerTimeoutMs: number;
  readonly clock: Clock;
}

const POLL_MS = 1000;
/** A cluster that is gone for good must not keep its compute target for ever. */
const LOST_CLUSTER_MS = 2 * 60_000;
const REFRESH_MS = 60_000;

export class ComputeReconciler {
  readonly #parts: ComputeReconcilerParts;
  /** What the log of the running operation was told last. */
  readonly #waitedFor = new Map<string, string>();

  constructor(parts: ComputeReconcilerParts) {
    this.#parts = parts;
  }

  async adopt(): Promise<readonly string[]> {
    const computes = await this.#parts.state.computes.all();
    const running = await this.#parts.state.operations.running();
    const targets = running
      .filter((operation) => operation.targetType === 'compute')
      .map((operation) => operation.targetId);
    return [...new Set([...computes.map((compute) => compute.id), ...targets])];
  }

  async reconcile(computeId: string, signal: AbortSignal): Promise<Result> {
    const { state } = this.#parts;
    const running = await state.operations.running();
    const operation = running.find((one) => one.targetId === computeId && !hasEnded(one.state));
    const compute = await state.computes.byId(computeId);
    if (operation === undefined) {
      return this.#refresh(compute, signal);
    }
    await state.operations.setState(operation.id, 'Running');
    const isDone =
      operation.kind === 'CreateCompute' || operation.kind === 'UpdateCompute'
        ? await this.#provision(compute, operation, signal)
        : await this.#remove(compute, operation, signal);
    if (!isDone) {
      return { requeueAfterMs: POLL_MS };
    }
    this.#waitedFor.delete(operation.id);
    return {};
  }

  /** Nodes come and go, and a load balancer may come late. */
  async #refresh(compute: ComputeRecord | undefined, signal: AbortSignal): Promise<Result> {
    if (compute?.clusterKind !== 'kubernetes' || compute.provisioningState !== 'Succeeded') {
      return {};
    }
    const { state, installer } = this.#parts;
    const { scoringUrl } = await installer.refresh(compute, signal);
    if (scoringUrl !== null) {
      await state.computes.setScoringUrl(compute.id, scoringUrl);
    }
    return { requeueAfterMs: REFRESH_MS };
  }

  async #provision(
    compute: ComputeRecord | undefined,
    operation: OperationRecord,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { state, installer } = this.#parts;
    if (compute === undefined || compute.provisioningState === 'Succeeded') {
      await state.operations.setState(operation.id, 'Succeeded');
      return true;
    }
    if (compute.clusterKind === 'local') {
      const { cpu, memoryInGB } = clusterCapacity(compute);
      const how = compute.attached ? 'attached to' : 'created with';
      return this.#succeed(compute, operation, [
        `Compute target "${compute.name}" is ${how} ${compute.agentCount} x ${compute.vmSize}: ${cpu} vCPU and ${memoryInGB} GB in all, on this machine.`,
        `Purpose ${compute.clusterPurpose}.`,
      ]);
    }
    try {
      const log = (line: string): void => void state.operations.appendLog(operation.id, [line]);
      const installed = await installer.install(compute, log, signal);
      const patient = !this.#hasRun(operation, this.#parts.loadBalancerTimeoutMs);
      const scoringUrl = installed.scoringUrl ?? (patient ? null : installed.meanwhile);
      const waitsFor = installed.waitsFor ?? '';
      if (scoringUrl !== null) {
        await state.computes.setScoringUrl(compute.id, scoringUrl);
        return await this.#succeed(compute, operation, [
          ...(installed.scoringUrl === null ? [`${waitsFor} Until it has, the port of the nodes is taken.`] : []),
          `Compute target "${compute.name}" is attached; scoring requests go to ${scoringUrl}.`,
        ]);
      }
      await this.#tellOnce(operation, waitsFor);
      if (this.#isLate(operation)) {
        throw new FarledError(
          'DeploymentTimedOut',
          `The cluster did not bring up Farled's routers in time. ${waitsFor}`,
        );
      }
      return false;
    } catch (error) {
      return this.#stumble(compute, operation, error, signal);
    }
  }

  /** A cluster that is away may come back; what it refuses, it will refuse again. */
  async #stumble(
    compute: ComputeRecord,
    operation: OperationRecord,
    error: unknown,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { state, installer } = this.#parts;
    const failure = failureOf(error, this.#isLate(operation));
    if (failure === null) {
      throw error;
    }
    await state.operations.appendLog(operation.id, [`Failed: ${failure.message}`]);
    if (operation.kind === 'CreateCompute') {
      // What came so far is taken back; a cluster that does not let us do that keeps it. Services may rely on what was
      // there before an update.
      await installer.uninstall(compute, () => {}, signal).catch(() => false);
    }
    await state.computes.setProvisioning(compute.id, 'Failed', [{ code: failure.code, message: failure.message }]);
    await state.operations.setState(operation.id, 'Failed', failure);
    return true;
  }

  async #succeed(compute: ComputeRecord, operation: OperationRecord, lines: string[]): Promise<boolean> {
    const { state } = this.#parts;
    await state.operations.appendLog(operation.id, lines);
    await state.computes.setProvisioning(compute.id, 'Succeeded', []);
    await state.operations.setState(operation.id, 'Succeeded');
    return true;
  }

  async #remove(compute: ComputeRecord | undefined, operation: OperationRecord, signal: AbortSignal): Promise<boolean> {
    const { state, removed } = this.#parts;
    if (compute === undefined) {
      await state.operations.setState(operation.id, 'Succeeded');
      return true;
    }
    if (compute.clusterKind === 'kubernetes' && !(await this.#leave(compute, operation, signal))) {
      return false;
    }
    const forgetsCluster = operation.kind === 'DeleteCompute';
    await state.operations.appendLog(operation.id, [
      forgetsCluster
        ? `Compute target "${compute.name}" is deleted with its cluster.`
        : `Compute target "${compute.name}" is detached; its cluster stays known.`,
    ]);
    await removed(compute.id);
    await state.transaction(async (stores) => {
      await stores.computes.remove(compute.id);
      if (forgetsCluster) {
        await stores.clusters.remove(compute.clusterResourceId);
      }
    });
    await state.operations.setState(operation.id, 'Succeeded');
    return true;
  }

  /** True when nothing is left in the cluster, or when the cluster has not let us look for so long that it stays. */
  async #leave(compute: ComputeRecord, operation: OperationRecord, signal: AbortSignal): Promise<boolean> {
    try {
      const log = (line: string): void => void this.#parts.state.operations.appendLog(operation.id, [line]);
      const left = await this.#parts.installer.uninstall(compute, log, signal);
      if (!left) {
        await this.#tellOnce(operation, 'What Farled put into the cluster is being deleted.');
      }
      return left;
    } catch (error) {
      if (!isKubernetesError(error) || !this.#hasRun(operation, LOST_CLUSTER_MS)) {
        throw error;
      }
      await this.#tellOnce(
        operation,
        `${error.message} What Farled put into the cluster stays there; an administrator can remove it: kubectl delete namespace farled-system`,
      );
      return true;
    }
  }

  async #tellOnce({ id }: OperationRecord, line: string): Promise<void> {
    if (this.#waitedFor.get(id) !== line) {
      this.#waitedFor.set(id, line);
      await this.#parts.state.operations.appendLog(id, [line]);
    }
  }

  #isLate(operation: OperationRecord): boolean {
    return this.#hasRun(operation, this.#parts.provisioningTimeoutMs);
  }

  #hasRun({ startTime, createdTime }: OperationRecord, milliseconds: number): boolean {
    return this.#parts.clock.now() - Date.parse(startTime ?? createdTime) >= milliseconds;
  }
}

/** Null for what may pass by itself. */
function failureOf(error: unknown, late: boolean): ErrorBody | null {
  if (isFarledError(error)) {
    return errorToWire(error);
  }
  if (isKubernetesError(error) && (late || ['Forbidden', 'Invalid', 'Unauthorized'].includes(error.code))) {
    const { suggestion } = error;
    return errorToWire(
      new FarledError('KubernetesUnaccessible', error.message, suggestion === undefined ? {} : { suggestion }),
    );
  }
  return null;
}
