/**
 * Deploys services as replicas that are started and ended one by one, behind a router that is told where they are.
 *
 * Replicas are started before others are retired, and retired only once the router has confirmed a table without
 * them, so that no request meets a replica that is going away. Nothing here waits for a last request.
 */
import { type EndpointRoute, type ErrorBody, initialReplicas, type ScalingDecision } from '@farled/contract';
import type { Clock, Logger } from '@farled/service';
import type { ServiceRecord, ServiceSpec, State } from '@farled/state';

import type { ReadStatistics } from '../endpoints/cluster-statistics.ts';
import {
  type CredentialKinds,
  credentialKinds,
  goalCredentials,
  nextSettings,
  routeCredentials,
  type TokenKeys,
} from '../routes/credentials.ts';
import type { RoutePublisher } from '../routes/publisher.ts';
import type { Applied, Application, Deployer, Goal, Pass, WantedSpec } from '../service/deployer.ts';
import type { ObservedReplica, Substrate } from '../substrate/substrate.ts';
import { Reservations } from './capacity.ts';
import { CrashBook } from './crash-book.ts';
import { crashError } from './crash-error.ts';
import { earliestStart } from './crash-history.ts';
import { type Plan, planReplicas } from './plan.ts';
import { prepare, type Prepared, type PrepareParts } from './prepare.ts';
import type { ReplicaScaling } from './replica-scaling.ts';
import { Retirements } from './retirements.ts';
import { serviceRoute } from './route.ts';
import { summarise } from './summary.ts';

export interface ReplicaDeployerParts extends Omit<PrepareParts, 'stores'> {
  readonly state: State;
  readonly substrate: Substrate;
  readonly routes: RoutePublisher;
  readonly scaling: ReplicaScaling;
  readonly tokenKeys: TokenKeys;
  /** Replicas in a row that may end by themselves before a deployment counts as failed. */
  readonly maximumCrashes: number;
  /** Has a service looked at soon. */
  readonly wake: (serviceId: string) => void;
  readonly newReplicaId: (serviceName: string, revision: string) => string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Added to the scoring timeout: a request that was accepted at the last moment still ends by itself. */
const GRACE_MS = 2000;
const STATISTICS_TIMEOUT_MS = 5000;

export class ReplicaDeployer implements Deployer {
  readonly #parts: ReplicaDeployerParts;
  readonly #reservations = new Reservations();
  readonly #retirements: Retirements;
  readonly #crashes = new CrashBook();
  readonly #announced = new Map<string, ReadonlySet<string>>();

  constructor(parts: ReplicaDeployerParts) {
    this.#parts = parts;
    this.#retirements = new Retirements({ substrate: parts.substrate, ended: parts.wake, log: parts.log });
  }

  services(): Promise<readonly string[]> {
    return this.#parts.substrate.services();
  }

  /** Routes to ready replicas are there before the first table is published: the router never sees one with gaps. */
  async adopt(service: ServiceRecord, spec: ServiceSpec): Promise<number> {
    const { substrate, routes } = this.#parts;
    const ready = (await substrate.observe(service.id)).filter((replica) => replica.phase === 'ready');
    if (!service.deleting && (service.lastGood !== null || ready.length > 0)) {
      await this.adoptReservation(service, spec);
      const kinds = credentialKinds({ applied: spec.settings, next: nextSettings(service) });
      const credentials = await routeCredentials(this.#parts, service, kinds);
      const desired = this.#parts.scaling.follow(service, spec.settings, ready.length);
      routes.set(service.id, serviceRoute(service, spec, credentials, ready, desired, null));
    }
    return ready.length;
  }

  async reserve(service: ServiceRecord): Promise<ErrorBody | null> {
    const compute = await this.#parts.state.computes.get(service.workspaceId, service.spec.computeName);
    return this.#reservations.reserve(service.id, compute, service.spec.settings);
  }

  async adoptReservation(service: ServiceRecord, spec: ServiceSpec): Promise<void> {
    const compute = await this.#parts.state.computes.get(service.workspaceId, spec.computeName);
    this.#reservations.adopt(service.id, compute, spec.settings);
  }

  releaseReservation(serviceId: string): void {
    this.#reservations.release(serviceId);
  }

  async prepare(
    service: ServiceRecord,
    { spec }: WantedSpec,
    log: (line: string) => void,
    signal: AbortSignal,
  ): Promise<Application> {
    const prepared = await prepare({ ...this.#parts, stores: this.#parts.state }, service, spec, log, signal);
    return { image: null, apply: (pass, goal) => this.#apply(pass, goal, prepared) };
  }

  async statistics(signal: AbortSignal): Promise<ReadStatistics> {
    const { routes, clock } = this.#parts;
    const routers = await routes.statistics(AbortSignal.any([signal, AbortSignal.timeout(STATISTICS_TIMEOUT_MS)]));
    return { kind: 'told', statistics: { at: clock.now(), isComplete: true, routers: [...routers] } };
  }

  adoptEndpoint(endpointId: string, route: EndpointRoute): void {
    this.#parts.routes.setEndpoint(endpointId, route);
  }

  async routeEndpoint(endpointId: string, route: EndpointRoute | null, signal: AbortSignal): Promise<void> {
    const { routes } = this.#parts;
    routes.setEndpoint(endpointId, route);
    await routes.publish(signal);
  }

  async standStill(pass: Pass): Promise<void> {
    await this.#retireAll(pass, 0);
  }

  async remove(pass: Pass): Promise<boolean> {
    const { service } = pass;
    const { substrate } = this.#parts;
    await this.#retireAll(pass, service.spec.settings.scoringTimeoutMs);
    if ((await substrate.observe(service.id)).length > 0) {
      return false;
    }
    await substrate.removeLogs(service.id);
    return true;
  }

  async removeLeftovers(serviceId: string, signal: AbortSignal): Promise<void> {
    const { substrate, routes } = this.#parts;
    routes.set(serviceId, null);
    await routes.publish(signal);
    for (const replica of await substrate.observe(serviceId)) {
      await substrate.remove(replica.id, 0);
    }
    await substrate.removeLogs(serviceId);
  }

  followLogs(serviceId: string, lines: number, signal: AbortSignal): Promise<AsyncIterable<string>> {
    return this.#parts.substrate.followLogs(serviceId, lines, signal);
  }

  logs(serviceId: string, lines: number): Promise<readonly string[]> {
    return this.#parts.substrate.logs(serviceId, lines);
  }

  decisions(service: ServiceRecord): Promise<readonly ScalingDecision[]> {
    return Promise.resolve(this.#parts.scaling.decisions(service.id));
  }

  beginAttempt(serviceId: string): void {
    this.#crashes.reset(serviceId);
  }

  forget(serviceId: string): void {
    this.#reservations.release(serviceId);
    this.#parts.scaling.forget(serviceId);
    this.#crashes.forget(serviceId);
    this.#announced.delete(serviceId);
  }

  async #apply(pass: Pass, goal: Goal, prepared: Prepared): Promise<Applied> {
    const { service, log } = pass;
    const { clock, maximumCrashes } = this.#parts;
    const wanted = this.#parts.scaling.follow(service, goal.spec.settings, service.status.desiredReplicas);
    const granted = await this.#grant(service, goal.spec, wanted);
    const target = { revision: prepared.revision, replicas: granted };
    const observed = await this.#observe(service.id, log);
    const crashes = this.#crashes.update(service.id, target.revision, observed, (replica, history) =>
      log(`Replica ${replica.id} ended by itself: ${crashError({ ...history, inARow: 1 }).message}`),
    );
    const plan = planReplicas({ target, observed, notBefore: earliestStart(crashes), now: clock.now() });
    const applied = {
      replicas: summarise(
        target,
        observed.filter((replica) => !plan.retire.includes(replica.id)),
        crashes,
      ),
      // More than that are a wish of the load.
      neededReplicas: Math.min(initialReplicas(goal.spec.settings), target.replicas),
      complete: false,
      trouble: crashes.last === null ? null : crashError(crashes),
      giveUp: null,
      unschedulable: null,
      recheckAfterMs: plan.recheckAfterMs,
    };
    if (goal.onTrial && crashes.inARow >= maximumCrashes && plan.start > 0) {
      return { ...applied, giveUp: crashError(crashes) };
    }
    await this.#start(pass, prepared, plan.start);
    const routed = plan.route.filter((replica) => replica.revision === target.revision).length;
    const complete = routed >= target.replicas && plan.route.length === routed;
    await this.#route(pass, goal.spec, goalCredentials(pass, goal, complete), plan.route, target.replicas);
    await this.#retire(pass, plan, goal.spec.settings.scoringTimeoutMs);
    return { ...applied, complete };
  }

  /** As many of the wanted replicas as there is room for. */
  async #grant(service: ServiceRecord, spec: ServiceSpec, wanted: number): Promise<number> {
    const { state, scaling } = this.#parts;
    const compute = await state.computes.get(service.workspaceId, spec.computeName);
    const granted = this.#reservations.grow(service.id, compute, spec.settings, wanted);
    if (granted < wanted) {
      scaling.limit(
        service.id,
        granted,
        `kept at ${granted}: ${wanted} are wanted, and compute target "${compute.name}" has room for no more`,
      );
    }
    return granted;
  }

  async #retireAll(pass: Pass, scoringTimeoutMs: number): Promise<void> {
    const { routes } = this.#parts;
    routes.set(pass.service.id, null);
    await routes.publish(pass.signal);
    const observed = await this.#observe(pass.service.id, pass.log);
    await this.#retire(pass, planReplicas({ target: null, observed, notBefore: 0, now: 0 }), scoringTimeoutMs);
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
    kinds: CredentialKinds,
    replicas: readonly ObservedReplica[],
    desired: number,
  ): Promise<void> {
    const { routes } = this.#parts;
    const credentials = await routeCredentials(this.#parts, service, kinds);
    const because = this.#parts.scaling.because(service.id);
    routes.set(service.id, serviceRoute(service, spec, credentials, replicas, desired, because));
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
}
