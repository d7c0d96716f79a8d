/** The rows of the record. Column names are snake_case in the database; text columns named here as JSON hold JSON. */
import type {
  ClusterKind,
  ClusterPurpose,
  OperationKind,
  OperationState,
  OperationTarget,
  ServiceType,
} from '@farled/contract';
import type { Generated } from 'kysely';

/** JSON as text: both databases keep it alike, and what is searched has columns or rows of its own. */
type Json = string;

/** Raised by the database with every insert; the order in which rows came to be. */
type Sequence = Generated<number>;

export interface WorkspaceRow {
  seq: Sequence;
  id: string;
  /** The three names in lower case: ids are compared without regard to case. */
  referenceKey: string;
  subscriptionId: string;
  resourceGroup: string;
  name: string;
  location: string;
  friendlyName: string;
  description: string;
  tags: Json;
  createdTime: string;
  updatedTime: string;
}

export interface ResourceGroupRow {
  /** Subscription and name in lower case. */
  key: string;
  subscriptionId: string;
  name: string;
  location: string;
  tags: Json;
  createdTime: string;
}

/** The last version that a name ever had, so that a deleted version's number is not given again. */
interface ModelNameRow {
  workspaceId: string;
  name: string;
  lastVersion: number;
}

export interface ModelRow {
  seq: Sequence;
  id: string;
  workspaceId: string;
  name: string;
  version: number;
  framework: string;
  runId: string | null;
  /** What is said of the model and not searched. */
  fields: Json;
  tags: Json;
  properties: Json;
  files: Json;
  size: number;
  createdTime: string;
  modifiedTime: string;
}

export interface EnvironmentRow {
  seq: Sequence;
  workspaceId: string;
  name: string;
  version: number;
  definition: Json;
  definitionDigest: string;
  digest: string;
  /** Sealed; the definition has none. */
  registryPassword: string | null;
  createdTime: string;
}

interface EnvironmentLabelRow {
  workspaceId: string;
  name: string;
  label: string;
  version: number;
}

interface ClusterRow {
  seq: Sequence;
  /** The resource id in lower case. */
  resourceKey: string;
  resourceId: string;
  kind: ClusterKind;
  agentCount: number;
  vmSize: string;
  /** How to reach a Kubernetes, sealed; null when it is this machine. */
  connection: string | null;
  facts: Json | null;
  createdTime: string;
}

interface ComputeRow {
  seq: Sequence;
  id: string;
  workspaceId: string;
  name: string;
  nameKey: string;
  clusterKey: string;
  clusterResourceId: string;
  attached: number;
  clusterPurpose: ClusterPurpose;
  location: string;
  loadBalancerType: string;
  loadBalancerSubnet: string | null;
  serviceType: ServiceType;
  scoringUrl: string | null;
  namespace: string | null;
  placement: Json | null;
  description: string;
  tags: Json;
  provisioningState: 'Creating' | 'Updating' | 'Succeeded' | 'Failed' | 'Deleting';
  provisioningErrors: Json;
  operationId: string;
  createdTime: string;
  modifiedTime: string;
}

interface ServiceRow {
  seq: Sequence;
  id: string;
  workspaceId: string;
  name: string;
  computeId: string;
  /** Where the last good spec runs: another target than the wanted one while a move is under way. */
  lastGoodComputeId: string | null;
  description: string;
  tags: Json;
  properties: Json;
  spec: Json;
  generation: number;
  lastGood: Json | null;
  previousGood: Json | null;
  status: Json;
  tokensNotBefore: Generated<number>;
  deleting: number;
  operationId: string;
  /** Of a service that is a version of an endpoint, with what users call it. */
  endpointId: Generated<string | null>;
  versionName: Generated<string | null>;
  createdTime: string;
  updatedTime: string;
}

interface EndpointRow {
  seq: Sequence;
  id: string;
  workspaceId: string;
  name: string;
  computeId: string;
  description: string;
  tags: Json;
  properties: Json;
  authEnabled: number;
  tokenAuthEnabled: number;
  /** How requests are shared. */
  sharing: Json;
  rollout: Generated<Json | null>;
  /** Sealed. */
  primaryKey: string;
  secondaryKey: string;
  tokensNotBefore: Generated<number>;
  deleting: number;
  operationId: string;
  createdTime: string;
  updatedTime: string;
}

/** Which models a service uses: in the spec that is wanted, in the one that was good last, or in the one before that. */
export interface ServiceModelRow {
  serviceId: string;
  role: 'wanted' | 'lastGood' | 'previousGood';
  workspaceId: string;
  modelName: string;
  modelVersion: number;
}

/** Tags and properties once more, one a row, for filters. */
export interface LabelRow {
  ownerId: string;
  kind: 'tag' | 'property';
  key: string;
  value: string;
}

interface ServiceKeyRow {
  serviceId: string;
  primaryKey: string;
  secondaryKey: string;
}

export interface OperationRow {
  seq: Sequence;
  id: string;
  workspaceId: string;
  kind: OperationKind;
  targetType: OperationTarget;
  targetId: string;
  targetName: string;
  state: OperationState;
  error: Json | null;
  requestDigest: string;
  cancelRequested: number;
  createdTime: string;
  startTime: string | null;
  endTime: string | null;
}

interface SigningKeyRow {
  id: string;
  purpose: 'access' | 'service';
  /** Sealed. */
  privateKey: string;
  createdTime: string;
}

export interface IdentityRow {
  seq: Sequence;
  id: string;
  name: string;
  nameKey: string;
  kind: 'servicePrincipal' | 'user';
  secretDigest: string;
  secretTime: string;
  createdTime: string;
}

interface RoleAssignmentRow {
  identityId: string;
  role: string;
  scope: string;
  scopeKey: string;
}

interface LoginRow {
  kind: string;
  /** Keys are fingerprints. */
  idKey: string;
  identityId: string | null;
  grantKey: string | null;
  uidKey: string | null;
  userCodeKey: string | null;
  /** Sealed. */
  payload: string;
  /** Seconds since 1970. */
  consumedAt: number | null;
  expiresAt: number;
}

export interface PackageRow {
  id: string;
  workspaceId: string;
  spec: Json;
  result: Json | null;
  createdTime: string;
}

export interface StagedFileRow {
  id: string;
  workspaceId: string;
  container: string;
  path: string;
  /** Null until it is uploaded. */
  sha256: string | null;
  size: number | null;
  /** Digest of the list of blocks that it was put together of, if it was. */
  blockList: string | null;
  createdTime: string;
  uploadedTime: string | null;
}

export interface LegacyImageRow {
  seq: Sequence;
  workspaceId: string;
  name: string;
  version: number;
  description: string;
  tags: Json;
  properties: Json;
  recipe: Json;
  asked: Json;
  createdTime: string;
}

interface OperationLogRow {
  operationId: string;
  line: number;
  at: string;
  text: string;
}

export interface Tables {
  workspaces: WorkspaceRow;
  resourceGroups: ResourceGroupRow;
  modelNames: ModelNameRow;
  models: ModelRow;
  environments: EnvironmentRow;
  environmentLabels: EnvironmentLabelRow;
  clusters: ClusterRow;
  computes: ComputeRow;
  services: ServiceRow;
  endpoints: EndpointRow;
  serviceModels: ServiceModelRow;
  labels: LabelRow;
  serviceKeys: ServiceKeyRow;
  packages: PackageRow;
  legacyImages: LegacyImageRow;
  stagedFiles: StagedFileRow;
  signingKeys: SigningKeyRow;
  identities: IdentityRow;
  roleAssignments: RoleAssignmentRow;
  logins: LoginRow;
  operations: OperationRow;
  operationLog: OperationLogRow;
}
