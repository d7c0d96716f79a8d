/** A small client of the Kubernetes API. */
export type { KubernetesClient, ListOptions, LogOptions, ObjectKey, Permission } from './client.ts';
export { Connection } from './connection.ts';
export type { Informer, ObjectChanged } from './informer.ts';
export { KINDS } from './kinds.ts';
export type { Kind } from './kinds.ts';
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
