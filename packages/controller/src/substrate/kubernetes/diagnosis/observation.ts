/** What is looked at, and what is made of it. */
import { CLUSTER, type ErrorBody } from '@farled/contract';
import type { Deployment, KubernetesObject, Pod, ReplicaSet } from '@farled/kubernetes';
import type { ServiceStatus } from '@farled/state';

/** The objects of one service, as the cluster has them. */
export interface Observation {
  readonly deployment: Deployment | undefined;
  readonly replicaSets: readonly ReplicaSet[];
  readonly pods: readonly Pod[];
}

export interface Wanted {
  readonly revision: string;
  /** null: as many as the Deployment says, which the routers scale. */
  readonly replicas: number | null;
  /** Ends of one replica in a row that count as a failure; as for replicas that are processes when not given. */
  readonly maximumCrashes?: number;
}

export interface Diagnosis {
  readonly replicas: ServiceStatus['replicas'];
  readonly desired: number;
  /** Those of the wanted revision that are not about to go. */
  readonly updated: number;
  /** Those that are ready, of whatever revision. */
  readonly available: number;
  /** As many replicas as desired are ready, all of the wanted revision, and no others are left that are not about to go. */
  readonly complete: boolean;
  /** Why a replica that is wanted has no node. */
  readonly unschedulable: ErrorBody | null;
  /** What is wrong with replicas that are not ready; it may pass. */
  readonly trouble: ErrorBody | null;
  /** What is wrong and will not pass by itself: it can't, or did not when it was tried again and again. */
  readonly failure: ErrorBody | null;
  /** How often one replica of the wanted revision ended by itself, in a row; the most of any. */
  readonly crashes: number;
  /** What happened, for the operation's log: the same text for as long as it is so, so that each is told once. */
  readonly notes: readonly string[];
}

/** Something that is wrong. */
export interface Trouble {
  readonly error: ErrorBody;
  /** It will not pass by itself. */
  readonly lasting: boolean;
}

export function revisionLabel(labels: Readonly<Record<string, string>> | undefined): string | undefined {
  return labels?.[CLUSTER.revisionLabel];
}

export function isOfRevision({ metadata }: KubernetesObject, revision: string): boolean {
  return revisionLabel(metadata.labels) === revision;
}

/** Milliseconds since that time; none when it is not known, so that nothing is held to last that may be new. */
export function elapsedMs(since: string | undefined, now: number): number {
  const time = Date.parse(since ?? '');
  return Number.isNaN(time) ? 0 : now - time;
}
