/** A small client of the Kubernetes API. */
export type {
  KubernetesClient,
  ListOptions,
  LogOptions,
  ObjectKey,
  ObjectList,
  Permission,
  WatchOptions,
} from './client.ts';
export { Connection } from './connection.ts';
export { isKubernetesError, KubernetesError } from './error.ts';
export type { KubernetesErrorCode, KubernetesErrorDetails, KubernetesErrorOptions } from './error.ts';
export { connectKubernetes } from './http-client.ts';
export type { ConnectOptions } from './http-client.ts';
export { inClusterConnection, inClusterNamespace } from './in-cluster.ts';
export { startInformer } from './informer-start.ts';
export type { InformerOptions, InformerParts } from './informer-start.ts';
export type { Informer, ObjectChanged } from './informer.ts';
export { KINDS } from './kinds.ts';
export type { Kind } from './kinds.ts';
export { kubeconfigText } from './kubeconfig-text.ts';
export { parseKubeconfig } from './kubeconfig.ts';
export type { Kubeconfig } from './kubeconfig.ts';
export { startElection } from './leader.ts';
export type { Election, ElectionOptions } from './leader.ts';
export type {
  Condition,
  ConfigMap,
  Container,
  ContainerState,
  ContainerStatus,
  Deployment,
  EndpointSlice,
  EnvVar,
  Event,
  Job,
  KubernetesObject,
  Lease,
  Metadata,
  Node,
  OwnerReference,
  Pod,
  PodSpec,
  PodTemplate,
  Probe,
  ReplicaSet,
  ResourceList,
  Secret,
  Service,
} from './objects.ts';
export { describePermission } from './permissions.ts';
export { formatBytes, formatCpu, parseQuantity } from './quantity.ts';
export type { WatchEvent } from './watch-events.ts';
export { toYaml } from './yaml.ts';
