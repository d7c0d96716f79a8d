/** Farled's public API as data. Browser-safe: nothing here touches a file, a socket or a process. */
export {
  CALLER_ERRORS,
  DEPLOYMENT_ERRORS,
  detailsFromIssues,
  ERROR_CODES,
  ErrorBody,
  errorFromWire,
  ERRORS,
  errorToWire,
  FarledError,
  isFarledError,
  parseOrThrow,
  SYSTEM_ERRORS,
} from './errors.ts';
export type { ErrorCode, ErrorDetail, FarledErrorOptions } from './errors.ts';
export {
  ClusterName,
  ComputeName,
  EnvironmentName,
  KubernetesNamespace,
  ModelId,
  ModelName,
  parseModelId,
  ResourceGroupName,
  ServiceName,
  SubscriptionId,
  WorkspaceName,
} from './names.ts';
export type { ModelReference } from './names.ts';
export { clusterId, parseClusterId, resourceGroupId, workspaceId } from './resource-id.ts';
export type { ClusterReference, WorkspaceReference } from './resource-id.ts';
export { clusterCapacity, DEFAULT_VM_SIZE, findVmSize, VM_SIZE_NAMES } from './vm-sizes.ts';
export type { VmSize } from './vm-sizes.ts';
export { BYTES, needOf, PREFIX, route } from './route.ts';
export type { Method, Route, RouteArguments, RouteInput, RouteOutput } from './route.ts';
export { routes } from './routes/index.ts';
export { ServerInfo } from './routes/server.ts';
export {
  FileEntry,
  FileManifest,
  OperationId,
  page,
  RelativePath,
  Sha256,
  Tags,
  WorkspacePath,
} from './resources/common.ts';
export {
  grants,
  Identity,
  IdentityWithSecret,
  may,
  NEEDS,
  RoleAssignment,
  ROLES,
  TENANT_ID,
} from './resources/identity.ts';
export type { Need, Role } from './resources/identity.ts';
export { covers, parseScope, scopeId } from './resources/scope.ts';
export type { ScopeReference } from './resources/scope.ts';
export { CreateWorkspace, UpdateWorkspace, Workspace } from './resources/workspace.ts';
export { PutResourceGroup, ResourceGroup } from './resources/resource-group.ts';
export { Model, MODEL_FRAMEWORKS, RegisterModel, ResourceRequirements, UpdateModel } from './resources/model.ts';
export {
  BuildEnvironment,
  CondaDependencies,
  Environment,
  EnvironmentDefinition,
  EnvironmentLabel,
  EnvironmentReference,
  LATEST,
} from './resources/environment.ts';
export { AddCluster, Cluster, ClusterFacts } from './resources/cluster.ts';
export type { ClusterCredentials, ClusterKind } from './resources/cluster.ts';
export {
  AttachCompute,
  CLUSTER_PURPOSES,
  Compute,
  ComputeCredentials,
  CreateCompute,
  FAST_PROD_MINIMUM_CPU,
  LOAD_BALANCER_TYPES,
  PROVISIONING_STATES,
  PutCompute,
  SERVICE_TYPES,
} from './resources/compute.ts';
export type { ClusterPurpose, LoadBalancerType, ServiceType } from './resources/compute.ts';
export { ANYWHERE, Placement, TOLERATION_EFFECTS } from './resources/placement.ts';
export { hasEnded, Operation, OPERATION_STATES, OperationLog } from './resources/operation.ts';
export type { OperationKind, OperationState, OperationTarget } from './resources/operation.ts';
export {
  DeployService,
  Inference,
  RegenerateKey,
  ReplicaStatus,
  Service,
  SERVICE_STATES,
  ServiceKeys,
  ServiceLogs,
  ServiceToken,
  UpdateService,
} from './resources/service.ts';
export type { ServiceState } from './resources/service.ts';
export { KEPT_DECISIONS, ScalingDecision } from './resources/scaling.ts';
export { Package, PackageModels } from './resources/package.ts';
export {
  CreateEndpoint,
  CreateVersion,
  Endpoint,
  EndpointVersion,
  RollOut,
  Rollout,
  UpdateEndpoint,
  UpdateVersion,
} from './resources/endpoint.ts';
export {
  addVersion,
  changeTraffic,
  changeVersion,
  defaultNow,
  effectivePercentiles,
  firstVersion,
  removeVersion,
  requireVersion,
} from './traffic.ts';
export type { AskedShare, Traffic } from './traffic.ts';
export { isUsualAzuremlBaseImage } from './documents/azureml-defaults.ts';
export {
  DEFAULT_SETTINGS,
  DeploymentConfigDocument,
  initialReplicas,
  mergeSettings,
  newSettings,
  ServiceSettings,
  settingsConflicts,
} from './documents/deployment-config.ts';
export type { ServiceSettingsInput } from './documents/deployment-config.ts';
export { EnvironmentDocument, InferenceConfigDocument, LEGACY_INFERENCE_FIELDS } from './documents/inference-config.ts';
export {
  CLIENT_TIMEOUT_HEADER,
  EndpointRoute,
  MirrorStatistics,
  ReplicaAddress,
  RouterStatistics,
  RouteTable,
  ROUTER_CONTROL,
  SERVICE_TOKENS,
  ServiceRoute,
  TokenCheck,
  TokenKey,
  VERSION_HEADER,
} from './internal/route-table.ts';
export {
  BOOT_FAILURE_EXIT_CODE,
  DEADLINE_HEADER,
  NOT_EXECUTED_HEADER,
  NOT_EXECUTED_REASONS,
  REPLICA_CONTROL,
  ReplicaFailure,
  ReplicaReport,
} from './internal/replica.ts';
export { LATENCY_BUCKETS, latencyBucket, LatencyCounts, longestOfBucket, NO_LATENCIES } from './internal/latency.ts';
export { CLUSTER, ClusterRoute } from './internal/cluster-route.ts';
export { CLUSTER_STATISTICS, ClusterDecisions, ClusterStatistics } from './internal/cluster-statistics.ts';
