import type {
  ClusterCredentials,
  ClusterPurpose,
  LoadBalancerType,
  ServiceType,
  WorkspaceReference,
  ScalingDecision,
} from '@farled/contract';
import type { Callers, ServiceTokens } from '@farled/identity';
import type { Clock, Logger } from '@farled/service';
import type { ArtifactStore, ConnectedCluster, ServiceRecord, State } from '@farled/state';

/** What the API is made of. */
export interface AppParts {
  readonly state: State;
  readonly artifacts: ArtifactStore;
  readonly clusters: Clusters;
  readonly callers: Callers;
  readonly serviceTokens: ServiceTokens;
  /** Base address of scoring requests on this machine. */
  readonly scoringUrl: () => string;
  /** Whether there is a registry to push images to. */
  readonly hasRegistry: boolean;
  /** The last lines that the replicas of the service wrote. */
  readonly scalingDecisions: (service: ServiceRecord) => Promise<readonly ScalingDecision[]>;
  readonly serviceLogs: (service: ServiceRecord, lines: number) => Promise<string[]>;
  /** The last lines, then each line as it is written; ends with the signal. */
  readonly followServiceLogs: (
    service: ServiceRecord,
    lines: number,
    signal: AbortSignal,
  ) => Promise<AsyncIterable<string>>;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What the API asks of those who can talk to a Kubernetes. */
export interface Clusters {
  /**
   * Goes to the cluster and looks at it, by a credential that is given, or by a connection that was recorded with what
   * is known of where it came from.
   *
   * @throws FarledError for what can't be read, reached or used, without anything secret in it.
   */
  inspect(how: InspectionRequest, signal: AbortSignal): Promise<ConnectedCluster>;
  /** Before a cluster is attached. @throws FarledError when there is no registry to push images to. */
  requireRegistry(): void;
  /** A kubeconfig with a context of the name, from a connection that was recorded. @throws FarledError Forbidden. */
  kubeconfig(connection: string, name: string): string;
  /** What attaching would put into the cluster, as YAML documents. */
  manifests(options: ManifestOptions): Promise<string>;
}

type InspectionRequest =
  | ClusterCredentials
  | { readonly connection: string; readonly context: string | null; readonly inCluster: boolean };

export interface ManifestOptions {
  readonly workspace: WorkspaceReference;
  /** Name of the compute target; there need be none of it yet. */
  readonly compute: string;
  readonly clusterPurpose: ClusterPurpose;
  readonly serviceType: ServiceType;
  readonly loadBalancerType: LoadBalancerType;
  readonly loadBalancerSubnet: string | null;
  readonly namespace: string | null;
  /** Image of the router; null is the one that attaching would use. */
  readonly image: string | null;
}
