/**
 * How services come to run on one compute target. The reconciler knows the phases of a service's life; deployers know
 * what runs it: replicas that are started one by one, or a Kubernetes Deployment.
 */
import type { EndpointRoute, ErrorBody, ScalingDecision } from '@farled/contract';
import type { ComputeRecord, GoodImage, OperationRecord, ServiceRecord, ServiceSpec } from '@farled/state';

import type { ReadStatistics } from '../endpoints/cluster-statistics.ts';
import type { ReplicaSummary } from './status.ts';

/** One look at one service. */
export interface Pass {
  readonly service: ServiceRecord;
  /** The operation that has not ended, null in quiet times. */
  readonly operation: OperationRecord | null;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/** A spec, and the generation of the service that it is of. */
export interface WantedSpec {
  readonly generation: number;
  readonly spec: ServiceSpec;
}

/** A spec to be brought about. */
export interface Goal extends WantedSpec {
  /** An operation waits for it: replicas that end by themselves again and again are a reason to give up. */
  readonly onTrial: boolean;
}

/** How far a goal is. */
export interface Applied {
  readonly replicas: ReplicaSummary;
  /** As many must answer for the service to count as healthy: fewer than desired while it grows with the load. */
  readonly neededReplicas: number;
  /** As many replicas as wanted get requests, all of this spec, and no others do. */
  readonly complete: boolean;
  /** What is wrong with replicas that do not answer. */
  readonly trouble: ErrorBody | null;
  /** Why the goal should be given up; only for one on trial. */
  readonly giveUp: ErrorBody | null;
  /** Why there is no room for replicas that are wanted. */
  readonly unschedulable: ErrorBody | null;
  /** When to look again though nothing changed; null: no need. */
  readonly recheckAfterMs: number | null;
}

/** What a spec came to, once image and environment are there. */
export interface Application {
  /** To be remembered with the spec when that becomes healthy; null when there is nothing to remember. */
  readonly image: GoodImage | null;
  /** Takes a step towards the goal, and never waits for it to be reached. Repeating it does no harm. */
  apply(pass: Pass, goal: Goal): Promise<Applied>;
}

export interface Deployer {
  /** Ids of all services of which anything is here, whatever the record says. */
  services(): Promise<readonly string[]>;
  /** After a restart, before anything is reconciled: takes up what runs. Answers how many replicas are ready. */
  adopt(service: ServiceRecord, spec: ServiceSpec): Promise<number>;
  /** Takes the room that the service asks for; says why when there is none. */
  reserve(service: ServiceRecord): Promise<ErrorBody | null>;
  /** Notes the room of what runs already, whatever there is. */
  adoptReservation(service: ServiceRecord, spec: ServiceSpec): Promise<void>;
  releaseReservation(serviceId: string): void;
  /** @throws FarledError with a deployment code when the spec can't be made real; the signal's reason when aborted. */
  prepare(
    service: ServiceRecord,
    wanted: WantedSpec,
    log: (line: string) => void,
    signal: AbortSignal,
  ): Promise<Application>;
  /** Resolves when the routers share the endpoint's requests so, or do not know it any more. */
  routeEndpoint(endpointId: string, route: EndpointRoute | null, signal: AbortSignal): Promise<void>;
  /** What the routers counted so far. */
  statistics(signal: AbortSignal): Promise<ReadStatistics>;
  /** After a restart, as {@link Deployer.adopt}, without telling the routers yet. */
  adoptEndpoint(endpointId: string, route: EndpointRoute): void;
  /** Nothing of the service is to run, but what its owner may want to read stays. */
  standStill(pass: Pass): Promise<void>;
  /** Ends the service, within the time that its accepted requests have; true once nothing is left. */
  remove(pass: Pass): Promise<boolean>;
  /** Ends at once what is left of a service that the record does not have. */
  removeLeftovers(serviceId: string, signal: AbortSignal): Promise<void>;
  /** The last lines that the service's replicas wrote, oldest first. */
  logs(serviceId: string, lines: number): Promise<readonly string[]>;
  /** The last lines, then each line as it is written, of all replicas that are there or come; ends with the signal. */
  followLogs(serviceId: string, lines: number, signal: AbortSignal): Promise<AsyncIterable<string>>;
  /** What the autoscaler decided of the service, oldest first. */
  decisions(service: ServiceRecord): Promise<readonly ScalingDecision[]>;
  /** A new attempt begins: earlier failures don't count against it. */
  beginAttempt(serviceId: string): void;
  forget(serviceId: string): void;
}

export interface Deployers {
  /** The one for that compute target. @throws FarledError KubernetesUnaccessible. */
  of(compute: ComputeRecord): Promise<Deployer>;
  /** Those that are there by now. */
  all(): readonly Deployer[];
}
