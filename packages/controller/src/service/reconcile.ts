/**
 * Brings one service to what the record says: the phases, in order, each safe to repeat after a crash at any line.
 * Nothing here waits for a build or for a last request; how a service runs is its compute target's deployer's affair.
 */
import {
  type ErrorBody,
  errorToWire,
  FarledError,
  hasEnded,
  isFarledError,
  type ScalingDecision,
} from '@farled/contract';
import type { Clock, Logger } from '@farled/service';
import type { GoodSpec, OperationRecord, ServiceRecord, ServiceSpec, State } from '@farled/state';

import type { Result } from '../loop/loop.ts';
import type { Application, Deployer, Deployers, Pass } from './deployer.ts';
import { OperationLogs } from './operation-log.ts';
import { Preparations } from './preparations.ts';
import { deriveStatus, errorBody, NO_REPLICAS } from './status.ts';

export interface ServiceLimits {
  /** How long a service may wait for room on its compute target. */
  readonly schedulingTimeoutMs: number;
  /** How long an operation may take in all before it is given up. */
  readonly deploymentTimeoutMs: number;
  /** Replicas in a row that may end by themselves before a deployment counts as failed. */
  readonly maximumCrashes: number;
}

export const DEFAULT_LIMITS: ServiceLimits = {
  schedulingTimeoutMs: 5 * 60_000,
  deploymentTimeoutMs: 30 * 60_000,
  maximumCrashes: 3,
};

export interface ServiceReconcilerParts {
  readonly state: State;
  readonly deployers: Deployers;
  readonly limits: ServiceLimits;
  /** Brings how an endpoint's requests are shared to its routers. */
  readonly endpoints: { publish(endpointId: string, signal: AbortSignal): Promise<void> };
  /** Has a service looked at soon. */
  readonly wake: (serviceId: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** While something is under way, it is looked at this often though no change is announced. */
const RECHECK_MS = 30_000;
/**
 * Whatever changes is announced, by the record and by what runs services: this is for what nobody thought of. With
 * thousands of services it is what an idle control plane spends its time with.
 */
const RESYNC_MS = 10 * 60_000;
const POLL_MS = 1000;

/** A spec that could run, and what stands in the way of the one that is wanted: then this is the one before it. */
interface Candidate {
  readonly generation: number;
  readonly spec: ServiceSpec;
  readonly failure: ErrorBody | null;
  readonly unschedulable: ErrorBody | null;
}

export class ServiceReconciler implements AsyncDisposable {
  readonly #parts: ServiceReconcilerParts;
  readonly #preparations: Preparations;
  readonly #logs: OperationLogs;

  constructor(parts: ServiceReconcilerParts) {
    this.#parts = parts;
    this.#preparations = new Preparations({ clock: parts.clock, ended: parts.wake });
    this.#logs = new OperationLogs(parts.state.operations, parts.log);
  }

  /** Takes over what an earlier run left, before the first reconciliation. Answers every key to look at. */
  async adopt(): Promise<readonly string[]> {
    const { state, deployers } = this.#parts;
    const services = await state.services.all();
    for (const service of services) {
      const spec = service.lastGood?.spec ?? service.spec;
      const ready = await this.#adoptOne(service, spec);
      if (service.status.state === 'Healthy' && ready < service.status.desiredReplicas) {
        const status = { ...service.status, availableReplicas: ready, state: 'Unhealthy' } as const;
        await state.services.recordStatus(service.id, status);
      }
    }
    const found = await Promise.all(deployers.all().map((deployer) => deployer.services()));
    return [...new Set([...services.map((service) => service.id), ...found.flat()])];
  }

  /** A cluster that can't be opened must not keep everything else from starting. */
  async #adoptOne(service: ServiceRecord, spec: ServiceSpec): Promise<number> {
    try {
      return await (await this.#deployerOf(service, spec)).adopt(service, spec);
    } catch (error) {
      this.#parts.log.error({ err: error, service: service.name }, 'Service could not be adopted');
      return service.status.availableReplicas;
    }
  }

  /** Stops what is being prepared for the service, because its operation is to be cancelled. */
  cancel(serviceId: string): void {
    this.#preparations.cancel(serviceId, new FarledError('OperationCancelled', 'The operation was cancelled.'));
    this.#parts.wake(serviceId);
  }

  /** The last lines that the service's replicas wrote, oldest first. */
  async followLogs(service: ServiceRecord, lines: number, signal: AbortSignal): Promise<AsyncIterable<string>> {
    return (await this.#deployerOf(service, service.spec)).followLogs(service.id, lines, signal);
  }

  async logs(service: ServiceRecord, lines: number): Promise<readonly string[]> {
    return (await this.#deployerOf(service, service.spec)).logs(service.id, lines);
  }

  async decisions(service: ServiceRecord): Promise<readonly ScalingDecision[]> {
    return (await this.#deployerOf(service, service.spec)).decisions(service);
  }

  async reconcile(serviceId: string, signal: AbortSignal): Promise<Result> {
    const service = await this.#parts.state.services.byId(serviceId);
    if (service === undefined) {
      return this.#removeLeftovers(serviceId, signal);
    }
    const operation = await this.#currentOperation(service);
    const log = (line: string): void => this.#logs.write(operation?.id ?? null, line);
    const pass = { service: await this.#begin(service, operation), operation, log, signal };
    return service.deleting ? this.#delete(pass) : this.#converge(pass);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#preparations[Symbol.asyncDispose]();
  }

  async #deployerOf(service: ServiceRecord, { computeName }: Pick<ServiceSpec, 'computeName'>): Promise<Deployer> {
    const { state, deployers } = this.#parts;
    return deployers.of(await state.computes.get(service.workspaceId, computeName));
  }

  async #currentOperation(service: ServiceRecord): Promise<OperationRecord | null> {
    const operation = await this.#parts.state.operations.find(service.workspaceId, service.operationId);
    return operation === undefined || hasEnded(operation.state) ? null : operation;
  }

  /** A new operation is a new attempt: what failed before is forgotten, then the operation counts as running. */
  async #begin(service: ServiceRecord, operation: OperationRecord | null): Promise<ServiceRecord> {
    if (operation === null || operation.state !== 'NotStarted') {
      return service;
    }
    const { state } = this.#parts;
    const status = { ...service.status, state: 'Transitioning', error: null } as const;
    (await this.#deployerOf(service, service.spec)).beginAttempt(service.id);
    await state.services.recordStatus(service.id, status);
    await state.operations.setState(operation.id, 'Running');
    return { ...service, status };
  }

  async #converge(pass: Pass): Promise<Result> {
    const { service, operation } = pass;
    const failed = failureOf(service);
    const stop = operation === null ? null : (failed ?? this.#reasonToStop(service, operation));
    if (stop !== null) {
      return this.#fail(pass, stop);
    }
    const wanted = { generation: service.generation, spec: service.spec, failure: null, unschedulable: null };
    if (failed !== null) {
      return this.#keepLastGood(pass, { failure: failed, unschedulable: null });
    }
    const deployer = await this.#deployerOf(service, service.spec);
    const fault = operation === null ? null : await deployer.reserve(service);
    if (operation !== null && fault !== null) {
      return this.#waitForRoom(pass, operation, fault);
    }
    const preparation = this.#prepare(pass, deployer, wanted);
    switch (preparation.state) {
      case 'running':
        return this.#keepLastGood(pass, { failure: null, unschedulable: null });
      case 'done':
        return this.#apply(pass, wanted, preparation.prepared);
      case 'failed':
        if (operation === null || !isFarledError(preparation.error)) {
          throw preparation.error;
        }
        return this.#fail(pass, errorToWire(preparation.error));
    }
  }

  #reasonToStop(service: ServiceRecord, operation: OperationRecord): ErrorBody | null {
    if (operation.cancelRequested) {
      return errorBody('OperationCancelled', `The operation on "${service.name}" was cancelled.`);
    }
    return this.#timeLeft(operation) > 0 ? null : errorToWire(this.#timeout(service));
  }

  /** Looks after what ran before, while the wanted spec is being prepared, waits for room, or has failed. */
  async #keepLastGood(pass: Pass, obstacle: Pick<Candidate, 'failure' | 'unschedulable'>): Promise<Result> {
    const { service } = pass;
    if (service.lastGood === null) {
      return this.#standStill(pass, obstacle);
    }
    const candidate = { ...service.lastGood, ...obstacle };
    const preparation = this.#prepare(pass, await this.#deployerOf(service, candidate.spec), candidate);
    switch (preparation.state) {
      case 'running':
        return { requeueAfterMs: RECHECK_MS };
      case 'done':
        return this.#apply(pass, candidate, preparation.prepared);
      case 'failed':
        throw preparation.error;
    }
  }

  async #apply(pass: Pass, candidate: Candidate, application: Application): Promise<Result> {
    const { service, operation, log } = pass;
    const { state } = this.#parts;
    const isWanted =
      candidate.generation === service.generation && candidate.failure === null && candidate.unschedulable === null;
    const onTrial = isWanted && operation !== null;
    const applied = await application.apply(pass, { ...candidate, onTrial });
    if (onTrial && applied.giveUp !== null) {
      return this.#fail(pass, applied.giveUp);
    }
    if (onTrial && applied.unschedulable !== null && this.#hasWaitedEnough(operation)) {
      return this.#fail(pass, this.#noRoom(service, applied.unschedulable));
    }
    const complete = isWanted && applied.complete;
    const status = deriveStatus({
      generation: service.generation,
      replicas: applied.replicas,
      neededReplicas: applied.neededReplicas,
      trouble: applied.trouble,
      changing: operation !== null && !complete,
      failure: candidate.failure,
      unschedulable: candidate.unschedulable ?? applied.unschedulable,
    });
    const good = goodSpec(candidate, application);
    if (complete && !isRecorded(good, service.lastGood)) {
      if (!(await this.#leaveFormerTarget(pass))) {
        return { requeueAfterMs: POLL_MS };
      }
      await state.services.recordLastGood(service.id, good);
    }
    await state.services.recordStatus(service.id, status);
    if (complete && operation !== null) {
      await this.#share(pass);
      const { availableReplicas, desiredReplicas } = applied.replicas;
      log(`Service "${service.name}" is ${status.state}: ${availableReplicas} of ${desiredReplicas} replicas answer.`);
      await this.#end(operation, 'Succeeded');
    }
    const waits = candidate.unschedulable !== null || applied.unschedulable !== null;
    const atLatest = waits ? POLL_MS : operation === null && status.state === 'Healthy' ? RESYNC_MS : RECHECK_MS;
    return { requeueAfterMs: Math.min(applied.recheckAfterMs ?? atLatest, atLatest) };
  }

  /** A version gets its share of the endpoint's requests before its operation ends, and loses it before it goes. */
  async #share({ service, signal }: Pass): Promise<void> {
    if (service.version !== null) {
      await this.#parts.endpoints.publish(service.version.endpointId, signal);
    }
  }

  /** A service that moved to another compute target runs on both until the new one answers. True once it has moved. */
  async #leaveFormerTarget(pass: Pass): Promise<boolean> {
    const { service } = pass;
    const former = service.lastGood?.spec;
    if (former === undefined || former.computeName === service.spec.computeName) {
      return true;
    }
    const left = await this.#deployerOf(service, former);
    return left === (await this.#deployerOf(service, service.spec)) || left.remove(pass);
  }

  /** Nothing of the service can run yet, or its first deployment failed: then record and logs stay for its owner to read. */
  async #standStill(pass: Pass, obstacle: Pick<Candidate, 'failure' | 'unschedulable'>): Promise<Result> {
    const { service, operation } = pass;
    await (await this.#deployerOf(service, service.spec)).standStill(pass);
    const status = deriveStatus({
      generation: service.generation,
      replicas: NO_REPLICAS,
      neededReplicas: 0,
      trouble: null,
      changing: operation !== null,
      ...obstacle,
    });
    await this.#parts.state.services.recordStatus(service.id, status);
    return { requeueAfterMs: obstacle.unschedulable === null ? RECHECK_MS : POLL_MS };
  }

  /** Remembers why before the operation ends, so that a crash between the two repeats the end. */
  async #fail({ service, operation, log }: Pass, error: ErrorBody): Promise<Result> {
    const { state, wake } = this.#parts;
    const keeps = service.lastGood === null ? '' : ' What was deployed before goes on answering.';
    const told = failureOf(service) === null ? { ...error, message: `${error.message}${keeps}` } : error;
    await state.services.recordStatus(service.id, {
      ...service.status,
      observedGeneration: service.generation,
      state: 'Failed',
      error: told,
    });
    const deployer = await this.#deployerOf(service, service.spec);
    deployer.releaseReservation(service.id);
    if (service.lastGood !== null) {
      const { spec } = service.lastGood;
      await (await this.#deployerOf(service, spec)).adoptReservation(service, spec);
    }
    deployer.beginAttempt(service.id);
    if (operation !== null) {
      log(`Failed: ${told.message}`);
      await this.#end(operation, endState(error), told);
    }
    wake(service.id);
    return {};
  }

  async #delete(pass: Pass): Promise<Result> {
    const { service, operation, log } = pass;
    // No request is sent to a version that is going.
    await this.#share(pass);
    const deployers = new Set(
      await Promise.all(
        [service.spec, service.lastGood?.spec ?? service.spec].map((spec) => this.#deployerOf(service, spec)),
      ),
    );
    const removed = await Promise.all([...deployers].map((deployer) => deployer.remove(pass)));
    if (removed.includes(false)) {
      return { requeueAfterMs: RECHECK_MS };
    }
    this.#forget(service.id);
    log(`Service "${service.name}" is deleted.`);
    if (operation !== null) {
      await this.#logs.flush(operation.id);
    }
    await this.#parts.state.services.remove(service.id);
    if (operation !== null) {
      await this.#end(operation, 'Succeeded');
    }
    return {};
  }

  /** The record has no such service: what may be left of it is ended. */
  async #removeLeftovers(serviceId: string, signal: AbortSignal): Promise<Result> {
    const { state, deployers } = this.#parts;
    for (const operation of await state.operations.running()) {
      if (operation.targetId === serviceId) {
        await this.#end(
          operation,
          operation.kind === 'DeleteService' || operation.kind === 'DeleteVersion' ? 'Succeeded' : 'Cancelled',
        );
      }
    }
    await Promise.all(deployers.all().map((deployer) => deployer.removeLeftovers(serviceId, signal)));
    this.#forget(serviceId);
    return {};
  }

  #waitForRoom(pass: Pass, operation: OperationRecord, fault: ErrorBody): Promise<Result> {
    const { service, log } = pass;
    if (this.#hasWaitedEnough(operation)) {
      return this.#fail(pass, this.#noRoom(service, fault));
    }
    if (service.status.state !== 'Unschedulable') {
      const limit = clockFace(this.#parts.limits.schedulingTimeoutMs);
      log(`Unschedulable: ${fault.message} ${fault.suggestion ?? ''} Waiting up to ${limit} for room.`);
    }
    return this.#keepLastGood(pass, { failure: null, unschedulable: fault });
  }

  #hasWaitedEnough(operation: OperationRecord): boolean {
    return this.#parts.clock.now() - startOf(operation) >= this.#parts.limits.schedulingTimeoutMs;
  }

  #noRoom(service: ServiceRecord, fault: ErrorBody): ErrorBody {
    const limit = clockFace(this.#parts.limits.schedulingTimeoutMs);
    return {
      ...fault,
      message: `Couldn't schedule because compute target "${service.spec.computeName}" didn't have available resources after trying for ${limit}. ${fault.message}`,
    };
  }

  #prepare({ service, operation, log }: Pass, deployer: Deployer, wanted: Candidate) {
    const { limits } = this.#parts;
    const afterMs = operation === null ? limits.deploymentTimeoutMs : Math.max(1, this.#timeLeft(operation));
    return this.#preparations.get(
      service.id,
      wanted.generation,
      { afterMs, reason: this.#timeout(service) },
      (signal) => deployer.prepare(service, wanted, log, signal),
    );
  }

  async #end(operation: OperationRecord, state: OperationRecord['state'], error?: ErrorBody): Promise<void> {
    await this.#logs.end(operation.id);
    await this.#parts.state.operations.setState(operation.id, state, error);
  }

  #timeLeft(operation: OperationRecord): number {
    return startOf(operation) + this.#parts.limits.deploymentTimeoutMs - this.#parts.clock.now();
  }

  #timeout(service: ServiceRecord): FarledError {
    const limit = clockFace(this.#parts.limits.deploymentTimeoutMs);
    return new FarledError('DeploymentTimedOut', `Service "${service.name}" did not become healthy within ${limit}.`, {
      suggestion: 'The log of the operation and the logs of the service say how far it came.',
    });
  }

  #forget(serviceId: string): void {
    this.#preparations.forget(serviceId);
    this.#parts.deployers.all().forEach((deployer) => deployer.forget(serviceId));
  }
}

function goodSpec({ generation, spec }: Candidate, { image }: Application): GoodSpec {
  return { generation, spec, ...(image === null ? {} : { image }) };
}

/** An image that was built anew may be another one than is remembered. */
function isRecorded({ generation, image }: GoodSpec, lastGood: GoodSpec | null): boolean {
  return lastGood?.generation === generation && lastGood.image?.reference === image?.reference;
}

/** Why the spec as it stands failed; null while it has not. */
function failureOf({ status, generation }: ServiceRecord): ErrorBody | null {
  return status.state === 'Failed' && status.observedGeneration === generation ? status.error : null;
}

function startOf(operation: OperationRecord): number {
  return Date.parse(operation.startTime ?? operation.createdTime);
}

function endState({ code }: ErrorBody): OperationRecord['state'] {
  return code === 'OperationCancelled' ? 'Cancelled' : code === 'DeploymentTimedOut' ? 'TimedOut' : 'Failed';
}

/** Milliseconds as hh:mm:ss, the form the documentation prints such limits in. */
function clockFace(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(11, 19);
}
