/**
 * Brings one service to what the record says: the phases, in order, each safe to repeat after a crash at any line.
 *
 * Replicas are started before others are retired, and retired only once the router has confirmed a table without
 * them, so that no request meets a replica that is going away. Nothing here waits for a build or for a last request.
 */
import { type ErrorBody, errorToWire, FarledError, hasEnded, initialReplicas, isFarledError } from '@farled/contract';
import type { Clock, Logger } from '@farled/service';
import type { OperationRecord, ServiceRecord, ServiceSpec, State } from '@farled/state';

import type { Result } from '../loop/loop.ts';
import type { RoutePublisher } from '../routes/publisher.ts';
import type { ObservedReplica, Substrate } from '../substrate/substrate.ts';
import { Reservations } from './capacity.ts';
import { CrashBook } from './crash-book.ts';
import { earliestStart } from './crash-history.ts';
import { OperationLogs } from './operation-log.ts';
import { type Plan, planReplicas } from './plan.ts';
import { Preparations } from './preparations.ts';
import { prepare, type Prepared, type PrepareParts } from './prepare.ts';
import { Retirements } from './retirements.ts';
import { serviceRoute } from './route.ts';
import { crashError, deriveStatus, errorBody } from './status.ts';

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

export interface ServiceReconcilerParts extends Omit<PrepareParts, 'stores'> {
  readonly state: State;
  readonly substrate: Substrate;
  readonly routes: RoutePublisher;
  readonly limits: ServiceLimits;
  /** Has a service looked at soon. */
  readonly wake: (serviceId: string) => void;
  readonly newReplicaId: (serviceName: string, revision: string) => string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Even when no change is announced, each service is looked at this often. */
const RESYNC_MS = 30_000;
const POLL_MS = 1000;
/** Added to the scoring timeout: a request that was accepted at the last moment still ends by itself. */
const GRACE_MS = 2000;

interface Pass {
  readonly service: ServiceRecord;
  /** The operation that has not ended, null in quiet times. */
  readonly operation: OperationRecord | null;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/** A spec that could run, and what stands in the way of the one that is wanted: then this is the one before it. */
interface Goal {
  readonly generation: number;
  readonly spec: ServiceSpec;
  readonly failure: ErrorBody | null;
  readonly unschedulable: ErrorBody | null;
}

export class ServiceReconciler implements AsyncDisposable {
  readonly #parts: ServiceReconcilerParts;
  readonly #reservations = new Reservations();
  readonly #preparations: Preparations;
  readonly #retirements: Retirements;
  readonly #crashes = new CrashBook();
  readonly #logs: OperationLogs;
  readonly #announced = new Map<string, ReadonlySet<string>>();

  constructor(parts: ServiceReconcilerParts) {
    this.#parts = parts;
    this.#preparations = new Preparations({ clock: parts.clock, ended: parts.wake });
    this.#retirements = new Retirements({ substrate: parts.substrate, ended: parts.wake, log: parts.log });
    this.#logs = new OperationLogs(parts.state.operations, parts.log);
  }

  /**
   * Takes over what an earlier run left: reservations of services that run, and the routes to their ready replicas,
   * before the first table is published, so that the router never sees one with gaps. Answers every key to look at.
   */
  async adopt(): Promise<readonly string[]> {
    const { state, substrate, routes } = this.#parts;
    const services = await state.services.all();
    for (const service of services) {
      const spec = service.lastGood?.spec ?? service.spec;
      const ready = (await substrate.observe(service.id)).filter((replica) => replica.phase === 'ready');
      if (!service.deleting && (service.lastGood !== null || ready.length > 0)) {
        await this.#adoptReservation(service, spec);
        const keys = await state.keys.get(service.id);
        routes.set(service.id, serviceRoute(service, spec, keys, ready, initialReplicas(spec.settings)));
      }
      if (service.status.state === 'Healthy' && ready.length < service.status.desiredReplicas) {
        const status = { ...service.status, availableReplicas: ready.length, state: 'Unhealthy' } as const;
        await state.services.recordStatus(service.id, status);
      }
    }
    return [...new Set([...services.map((service) => service.id), ...(await substrate.services())])];
  }

  /** Stops what is being prepared for the service, because its operation is to be cancelled. */
  cancel(serviceId: string): void {
    this.#preparations.cancel(serviceId, new FarledError('OperationCancelled', 'The operation was cancelled.'));
    this.#parts.wake(serviceId);
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
    this.#crashes.reset(service.id);
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
    const fault = operation === null ? null : await this.#reserve(service);
    if (operation !== null && fault !== null) {
      return this.#waitForRoom(pass, operation, fault);
    }
    const preparation = this.#prepare(pass, wanted);
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
  async #keepLastGood(pass: Pass, obstacle: Pick<Goal, 'failure' | 'unschedulable'>): Promise<Result> {
    const { service } = pass;
    if (service.lastGood === null) {
      return this.#standStill(pass, obstacle);
    }
    const goal = { ...service.lastGood, ...obstacle };
    const preparation = this.#prepare(pass, goal);
    switch (preparation.state) {
      case 'running':
        return { requeueAfterMs: RESYNC_MS };
      case 'done':
        return this.#apply(pass, goal, preparation.prepared);
      case 'failed':
        throw preparation.error;
    }
  }

  async #apply(pass: Pass, goal: Goal, prepared: Prepared): Promise<Result> {
    const { service, operation, log } = pass;
    const { state, clock } = this.#parts;
    const target = { revision: prepared.revision, replicas: initialReplicas(goal.spec.settings) };
    const observed = await this.#observe(service.id, log);
    const crashes = this.#crashes.update(service.id, target.revision, observed, (replica, history) =>
      log(`Replica ${replica.id} ended by itself: ${crashError({ ...history, inARow: 1 }).message}`),
    );
    const isWanted = goal.generation === service.generation && goal.failure === null && goal.unschedulable === null;
    const plan = planReplicas({ target, observed, notBefore: earliestStart(crashes), now: clock.now() });
    if (isWanted && operation !== null && crashes.inARow >= this.#parts.limits.maximumCrashes && plan.start > 0) {
      return this.#fail(pass, crashError(crashes));
    }
    await this.#start(pass, prepared, plan.start);
    await this.#route(pass, goal.spec, plan.route, target.replicas);
    await this.#retire(pass, plan, goal.spec.settings.scoringTimeoutMs);

    const routed = plan.route.filter((replica) => replica.revision === target.revision).length;
    const complete = isWanted && routed >= target.replicas && plan.route.length === routed;
    const status = deriveStatus({
      generation: service.generation,
      target,
      observed: observed.filter((replica) => !plan.retire.includes(replica.id)),
      crashes,
      changing: operation !== null && !complete,
      failure: goal.failure,
      unschedulable: goal.unschedulable,
    });
    if (complete && service.lastGood?.generation !== goal.generation) {
      await state.services.recordLastGood(service.id, { generation: goal.generation, spec: goal.spec });
    }
    await state.services.recordStatus(service.id, status);
    if (complete && operation !== null) {
      log(`Service "${service.name}" is ${status.state}: ${routed} of ${target.replicas} replicas answer.`);
      await this.#end(operation, 'Succeeded');
    }
    const recheck = plan.recheckAfterMs ?? RESYNC_MS;
    return { requeueAfterMs: Math.min(recheck, goal.unschedulable === null ? RESYNC_MS : POLL_MS) };
  }

  /** Nothing of the service can run yet, or its first deployment failed: then record and logs stay for its owner to read. */
  async #standStill(pass: Pass, obstacle: Pick<Goal, 'failure' | 'unschedulable'>): Promise<Result> {
    const { service, operation, signal } = pass;
    const { state, routes } = this.#parts;
    routes.set(service.id, null);
    await routes.publish(signal);
    const observed = await this.#observe(service.id, pass.log);
    const plan = planReplicas({ target: null, observed, notBefore: 0, now: 0 });
    await this.#retire(pass, plan, 0);
    const status = deriveStatus({
      generation: service.generation,
      target: null,
      observed: [],
      crashes: null,
      changing: operation !== null,
      ...obstacle,
    });
    await state.services.recordStatus(service.id, status);
    return { requeueAfterMs: obstacle.unschedulable === null ? RESYNC_MS : POLL_MS };
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
    if (service.lastGood === null) {
      this.#reservations.release(service.id);
    } else {
      await this.#adoptReservation(service, service.lastGood.spec);
    }
    this.#crashes.reset(service.id);
    if (operation !== null) {
      log(`Failed: ${told.message}`);
      await this.#end(operation, endState(error), told);
    }
    wake(service.id);
    return {};
  }

  async #delete(pass: Pass): Promise<Result> {
    const { service, operation, log, signal } = pass;
    const { state, substrate, routes } = this.#parts;
    routes.set(service.id, null);
    await routes.publish(signal);
    const observed = await this.#observe(service.id, log);
    const plan = planReplicas({ target: null, observed, notBefore: 0, now: 0 });
    await this.#retire(pass, plan, service.spec.settings.scoringTimeoutMs);
    if ((await substrate.observe(service.id)).length > 0) {
      return { requeueAfterMs: RESYNC_MS };
    }
    await substrate.removeLogs(service.id);
    this.#forget(service.id);
    log(`Service "${service.name}" is deleted.`);
    if (operation !== null) {
      await this.#logs.flush(operation.id);
    }
    await state.services.remove(service.id);
    if (operation !== null) {
      await this.#end(operation, 'Succeeded');
    }
    return {};
  }

  /** The record has no such service: what may be left of it is ended. */
  async #removeLeftovers(serviceId: string, signal: AbortSignal): Promise<Result> {
    const { state, substrate, routes } = this.#parts;
    routes.set(serviceId, null);
    await routes.publish(signal);
    this.#forget(serviceId);
    for (const operation of await state.operations.running()) {
      if (operation.targetId === serviceId) {
        await this.#end(operation, operation.kind === 'DeleteService' ? 'Succeeded' : 'Cancelled');
      }
    }
    for (const replica of await substrate.observe(serviceId)) {
      await substrate.remove(replica.id, 0);
    }
    await substrate.removeLogs(serviceId);
    return {};
  }

  async #observe(serviceId: string, log: (line: string) => void): Promise<readonly ObservedReplica[]> {
    const all = await this.#parts.substrate.observe(serviceId);
    const observed = all.filter((replica) => !this.#retirements.has(replica.id));
    const ready = observed.filter((replica) => replica.phase === 'ready');
    const announced = this.#announced.get(serviceId);
    for (const { id, startedAt } of ready) {
      if (announced?.has(id) !== true) {
        log(`Replica ${id} is ready after ${((this.#parts.clock.now() - startedAt) / 1000).toFixed(1)} s.`);
      }
    }
    this.#announced.set(serviceId, new Set(ready.map((replica) => replica.id)));
    return observed;
  }

  async #reserve(service: ServiceRecord): Promise<ErrorBody | null> {
    const compute = await this.#parts.state.computes.get(service.workspaceId, service.spec.computeName);
    return this.#reservations.reserve(service.id, compute, service.spec.settings);
  }

  async #adoptReservation(service: ServiceRecord, spec: ServiceSpec): Promise<void> {
    const compute = await this.#parts.state.computes.get(service.workspaceId, spec.computeName);
    this.#reservations.adopt(service.id, compute, spec.settings);
  }

  async #waitForRoom(pass: Pass, operation: OperationRecord, fault: ErrorBody): Promise<Result> {
    const { service, log } = pass;
    const { clock, limits } = this.#parts;
    const limit = clockFace(limits.schedulingTimeoutMs);
    if (clock.now() - startOf(operation) >= limits.schedulingTimeoutMs) {
      const message = `Couldn't schedule because compute target "${service.spec.computeName}" didn't have available resources after trying for ${limit}. ${fault.message}`;
      return this.#fail(pass, { ...fault, message });
    }
    if (service.status.state !== 'Unschedulable') {
      log(`Unschedulable: ${fault.message} ${fault.suggestion ?? ''} Waiting up to ${limit} for room.`);
    }
    return this.#keepLastGood(pass, { failure: null, unschedulable: fault });
  }

  #prepare({ service, operation, log }: Pass, { generation, spec }: Pick<Goal, 'generation' | 'spec'>) {
    const { state, images, environments, limits } = this.#parts;
    const afterMs = operation === null ? limits.deploymentTimeoutMs : Math.max(1, this.#timeLeft(operation));
    return this.#preparations.get(service.id, generation, { afterMs, reason: this.#timeout(service) }, (signal) =>
      prepare({ stores: state, images, environments }, service, spec, log, signal),
    );
  }

  async #start({ service, log }: Pass, { revision, template }: Prepared, count: number): Promise<void> {
    const { substrate, newReplicaId } = this.#parts;
    for (let started = 0; started < count; started += 1) {
      const id = newReplicaId(service.name, revision);
      log(`Starting replica ${id}.`);
      await substrate.start({
        ...template,
        id,
        revision,
        service: { id: service.id, name: service.name, workspace: service.workspace.workspace },
      });
    }
  }

  async #route(
    { service, signal }: Pass,
    spec: ServiceSpec,
    replicas: readonly ObservedReplica[],
    desired: number,
  ): Promise<void> {
    const { state, routes } = this.#parts;
    routes.set(service.id, serviceRoute(service, spec, await state.keys.get(service.id), replicas, desired));
    await routes.publish(signal);
  }

  async #retire({ service, log }: Pass, plan: Plan, scoringTimeoutMs: number): Promise<void> {
    for (const id of plan.clear) {
      await this.#parts.substrate.remove(id, 0);
    }
    for (const id of plan.retire) {
      if (this.#retirements.start(service.id, id, scoringTimeoutMs + GRACE_MS)) {
        log(`Retiring replica ${id}: it finishes what it has and ends.`);
      }
    }
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
    this.#reservations.release(serviceId);
    this.#preparations.forget(serviceId);
    this.#crashes.forget(serviceId);
    this.#announced.delete(serviceId);
  }
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
