/** What the record holds beyond the public resources: desired state, its status, and what the stores take and give. */
import type {
  ClusterFacts,
  ClusterKind,
  ClusterPurpose,
  ErrorBody,
  FileManifest,
  Identity,
  OperationKind,
  OperationTarget,
  OperationState,
  Placement,
  ReplicaStatus,
  RoleAssignment,
  Rollout,
  ServiceSettings,
  ServiceState,
  ServiceType,
  Traffic,
  Workspace,
  WorkspaceReference,
} from '@farled/contract';

import type { LabelFilter } from './labels.ts';

export interface WorkspaceRecord extends Workspace {
  /** UUID that other stores know it by; a later workspace of the same name has another. */
  readonly key: string;
}

export interface ModelFilter extends LabelFilter {
  readonly name?: string | undefined;
  readonly framework?: string | undefined;
  readonly runId?: string | undefined;
  /** Only the highest version of each name. */
  readonly latest?: boolean | undefined;
}

export interface ServiceFilter extends LabelFilter {
  readonly computeName?: string | undefined;
  readonly modelName?: string | undefined;
  /** «name:version». */
  readonly modelId?: string | undefined;
}

/** What a service is to be. Everything that replicas are made of is in it or found from it. */
export interface ServiceSpec {
  readonly computeName: string;
  /** Ids, «name:version», in the caller's order. */
  readonly models: readonly string[];
  readonly entryScript: string;
  readonly source: FileManifest;
  readonly environment: { readonly name: string; readonly version: string };
  /** Entry script and environment were made for the model, because none were given: another model gets its own. */
  readonly noCode?: true;
  readonly settings: ServiceSettings;
}

/** A spec that became healthy, and the generation that it had. */
export interface GoodSpec {
  readonly generation: number;
  readonly spec: ServiceSpec;
  /** What it came to, so that nothing is built to look after what runs; absent where no image is made of specs. */
  readonly image?: GoodImage;
}

export interface GoodImage {
  /** `host/repository@sha256:...` */
  readonly reference: string;
  /** That it is for, as nodes name them: `amd64`. */
  readonly architectures: readonly string[];
  /** What the runtime needs to find its way in it. */
  readonly runtimeVariables: Readonly<Record<string, string>>;
}

/** What is known of a service; written by the controller alone. */
export interface ServiceStatus {
  /** The generation of the spec that this status speaks of. */
  readonly observedGeneration: number;
  readonly state: ServiceState;
  readonly error: ErrorBody | null;
  readonly desiredReplicas: number;
  readonly updatedReplicas: number;
  readonly availableReplicas: number;
  readonly replicas: readonly ReplicaStatus[];
}

/** What makes a service a version. */
interface VersionOf {
  /** UUID of the endpoint. */
  readonly endpointId: string;
  /** What users call it. */
  readonly name: string;
}

/** How the requests of an endpoint are shared between its versions. */
export interface Sharing {
  readonly traffic: Traffic;
  /** Name of a header, in lower case: requests with the same value go to the same version. */
  readonly stickyHeader: string | null;
  /** The version that gets copies, of so many percent of the requests. */
  readonly mirror: { readonly version: string; readonly percentile: number } | null;
}

/** A rollout, and what was observed of its present step, as its reader wrote it. */
export interface RolloutRecord extends Rollout {
  readonly observation: unknown;
}

export interface EndpointRecord {
  /** UUID; another endpoint of the same name, made after this one was deleted, has another. */
  readonly id: string;
  readonly workspaceId: string;
  readonly workspace: WorkspaceReference;
  readonly name: string;
  readonly computeName: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, string>>;
  readonly authEnabled: boolean;
  readonly tokenAuthEnabled: boolean;
  readonly sharing: Sharing;
  /** The latest one. */
  readonly rollout: RolloutRecord | null;
  /** Seconds since 1970: its tokens that were issued before are refused. */
  readonly tokensNotBefore: number;
  readonly deleting: boolean;
  /** The latest operation on it or on one of its versions. */
  readonly operationId: string;
  readonly createdTime: string;
  readonly updatedTime: string;
}

export type NewEndpoint = Omit<
  EndpointRecord,
  'workspace' | 'rollout' | 'tokensNotBefore' | 'deleting' | 'createdTime' | 'updatedTime'
>;

/** Absent is unchanged. */
export type EndpointChange = Partial<
  Pick<
    EndpointRecord,
    'description' | 'tags' | 'properties' | 'authEnabled' | 'tokenAuthEnabled' | 'sharing' | 'rollout'
  >
> &
  Pick<EndpointRecord, 'operationId'>;

export interface ServiceRecord {
  /** UUID; another service of the same name, made after this one was deleted, has another. */
  readonly id: string;
  /** UUID of the workspace. */
  readonly workspaceId: string;
  readonly workspace: WorkspaceReference;
  /** Of a version, `endpoint.version`, which no user can call a service. */
  readonly name: string;
  /** Of which endpoint it is a version; null for a service of its own. */
  readonly version: VersionOf | null;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, string>>;
  readonly spec: ServiceSpec;
  /** Raised by one with every change of the spec. */
  readonly generation: number;
  /** The newest spec that became healthy: what goes on running when a newer one fails. */
  readonly lastGood: GoodSpec | null;
  /** The spec that was good before the last good one, and differs from it: what a rollback goes to. */
  readonly previousGood: GoodSpec | null;
  readonly status: ServiceStatus;
  /** Seconds since 1970: its tokens that were issued before are refused. */
  readonly tokensNotBefore: number;
  readonly deleting: boolean;
  /** The latest operation on it. */
  readonly operationId: string;
  readonly createdTime: string;
  readonly updatedTime: string;
}

/** What a new service is recorded with; the rest starts from its beginning. */
export type NewService = Pick<
  ServiceRecord,
  'id' | 'workspaceId' | 'name' | 'description' | 'tags' | 'properties' | 'spec' | 'operationId'
> & { readonly version?: VersionOf };

/** What a change of a service says; absent is unchanged. */
export type ServiceChange = Partial<Pick<ServiceRecord, 'spec' | 'description' | 'tags' | 'properties'>> &
  Pick<ServiceRecord, 'operationId'>;

export interface ComputeRecord {
  readonly id: string;
  readonly workspaceId: string;
  readonly workspace: WorkspaceReference;
  readonly name: string;
  readonly clusterResourceId: string;
  readonly clusterKind: ClusterKind;
  /** What is known of its cluster when that is a Kubernetes. */
  readonly kubernetes: ClusterFacts | null;
  readonly attached: boolean;
  readonly clusterPurpose: ClusterPurpose;
  readonly agentCount: number;
  readonly vmSize: string;
  readonly location: string;
  readonly loadBalancerType: string;
  readonly loadBalancerSubnet: string | null;
  readonly serviceType: ServiceType;
  /** Base address of scoring requests in a Kubernetes, null until its router can be reached. */
  readonly scoringUrl: string | null;
  readonly namespace: string | null;
  /** Where services may run in a Kubernetes; null: anywhere. */
  readonly placement: Placement | null;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly provisioningState: 'Creating' | 'Updating' | 'Succeeded' | 'Failed' | 'Deleting';
  readonly provisioningErrors: readonly { readonly code: string; readonly message: string }[];
  readonly operationId: string;
  readonly createdTime: string;
  readonly modifiedTime: string;
}

export type NewCompute = Omit<
  ComputeRecord,
  | 'workspace'
  | 'clusterKind'
  | 'kubernetes'
  | 'agentCount'
  | 'vmSize'
  | 'scoringUrl'
  | 'provisioningState'
  | 'provisioningErrors'
  | 'createdTime'
  | 'modifiedTime'
>;

/** What attaching a cluster again says anew; what is not said is as in a new one. */
export type ComputeChange = Pick<
  NewCompute,
  | 'clusterPurpose'
  | 'loadBalancerType'
  | 'loadBalancerSubnet'
  | 'serviceType'
  | 'namespace'
  | 'placement'
  | 'description'
  | 'tags'
  | 'operationId'
>;

/** How to reach a Kubernetes, as its reader wrote it, and what was found there. Encrypted at rest. */
export interface ConnectedCluster {
  readonly connection: string;
  readonly facts: ClusterFacts;
}

/** What is said of a cluster that becomes known. */
export type NewCluster =
  | { readonly kind: 'local'; readonly agentCount: number; readonly vmSize: string }
  | ({ readonly kind: 'kubernetes' } & ConnectedCluster);

/** What a package is made of. */
export interface PackageSpec extends Pick<ServiceSpec, 'models' | 'entryScript' | 'source' | 'environment'> {
  readonly form: 'image' | 'dockerfile';
  readonly imageName: string;
  readonly imageLabel: string;
}

export interface PackageResult {
  /** `host/path/name:label`, of an image. */
  readonly location: string | null;
  readonly digest: string | null;
  /** Of a Dockerfile: itself, and all that it copies. */
  readonly files: FileManifest;
}

export interface PackageRecord {
  /** UUID of the operation that makes it. */
  readonly id: string;
  readonly workspaceId: string;
  readonly spec: PackageSpec;
  /** Null until it is made. */
  readonly result: PackageResult | null;
  readonly createdTime: string;
}

/** What a client of 2018 calls an image: what a service is to be made of later. */
export interface LegacyImageRecord {
  readonly workspaceId: string;
  readonly name: string;
  readonly version: number;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, string>>;
  readonly recipe: Pick<ServiceSpec, 'models' | 'entryScript' | 'source' | 'environment'>;
  /** What of the request is told again as it was, without anything secret. */
  readonly asked: unknown;
  readonly createdTime: string;
}

export type NewLegacyImage = Omit<LegacyImageRecord, 'version' | 'createdTime'>;

export interface OperationRecord {
  readonly id: string;
  readonly workspaceId: string;
  readonly kind: OperationKind;
  readonly targetType: OperationTarget;
  /** UUID of the service, the endpoint, the compute or the package; of a version, that of the service that it is; of an environment, which is named `name:version`, that of the operation. */
  readonly targetId: string;
  readonly targetName: string;
  readonly state: OperationState;
  readonly error: ErrorBody | null;
  /** SHA-256 of the request that started it, to tell a retry from a different request. */
  readonly requestDigest: string;
  readonly cancelRequested: boolean;
  readonly createdTime: string;
  readonly startTime: string | null;
  readonly endTime: string | null;
}

export type NewOperation = Pick<
  OperationRecord,
  'workspaceId' | 'kind' | 'targetType' | 'targetId' | 'targetName' | 'requestDigest'
> & {
  /** Chosen by the client, so that the same request sent again starts nothing new. */
  readonly id?: string | undefined;
};

/** A key that tokens are signed with: those of callers, or those that services ask for. */
export interface SigningKeyRecord {
  /** `kid` of the tokens it signs. */
  readonly id: string;
  readonly purpose: 'access' | 'service';
  /** JWK as JSON. */
  readonly privateKey: string;
  readonly createdTime: string;
}

export interface IdentityRecord extends Omit<Identity, 'tenantId' | 'roles'> {
  readonly roles: readonly RoleAssignment[];
  /** Of its secret or password; see `@farled/identity`. */
  readonly secretDigest: string;
}

/** What a part of a login is found by, besides its id. */
export interface LoginKeys {
  /** Whose it is; it ends with the secret of that identity. */
  readonly identityId?: string | undefined;
  readonly grantId?: string | undefined;
  readonly uid?: string | undefined;
  readonly userCode?: string | undefined;
}

export interface LoginRecord {
  /** JSON. */
  readonly payload: string;
  /** Seconds since 1970, null until it was used. */
  readonly consumedAt: number | null;
  readonly expiresAt: number;
}

export interface StagedFileContent {
  readonly sha256: string;
  readonly size: number;
}

/** A file that is uploaded under a name before its digest is known, until something refers to it. */
export interface StagedFile {
  /** Nobody guesses it. */
  readonly id: string;
  readonly workspaceId: string;
  /** What files of one upload have in common. */
  readonly container: string;
  readonly path: string;
  /** Null until it is uploaded. */
  readonly content: StagedFileContent | null;
  /** Digest of the list of blocks that it was put together of, if it was: known again when it is sent again. */
  readonly blockList: string | null;
  readonly createdTime: string;
  readonly uploadedTime: string | null;
}

/** What changed; wakes whoever works on that key. A change says where to look, never what to do. */
export interface Change {
  readonly kind:
    | 'service'
    | 'endpoint'
    | 'compute'
    | 'package'
    | 'environment'
    | 'operation'
    | 'identity'
    | 'signingKey';
  /** UUID of the resource; of an environment that is to be built, that of the operation; of a signing key, its `kid`. */
  readonly id: string;
}
