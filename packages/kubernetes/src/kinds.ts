/** How the API server addresses the kinds that Farled uses. */
import type {
  ConfigMap,
  Deployment,
  EndpointSlice,
  Event,
  Job,
  KubernetesObject,
  Lease,
  Node,
  Pod,
  ReplicaSet,
  Secret,
  Service,
} from './objects.ts';

/** `Read` is never there at run time: it carries the type that the kind's objects have. */
export interface Kind<Read extends KubernetesObject = KubernetesObject> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly read?: Read;
}

function kind<Read extends KubernetesObject>(
  apiVersion: string,
  name: string,
  plural: string,
  namespaced = true,
): Kind<Read> {
  return { apiVersion, kind: name, plural, namespaced };
}

export const KINDS = {
  configMap: kind<ConfigMap>('v1', 'ConfigMap', 'configmaps'),
  event: kind<Event>('v1', 'Event', 'events'),
  namespace: kind<KubernetesObject>('v1', 'Namespace', 'namespaces', false),
  node: kind<Node>('v1', 'Node', 'nodes', false),
  pod: kind<Pod>('v1', 'Pod', 'pods'),
  secret: kind<Secret>('v1', 'Secret', 'secrets'),
  service: kind<Service>('v1', 'Service', 'services'),
  serviceAccount: kind<KubernetesObject>('v1', 'ServiceAccount', 'serviceaccounts'),
  deployment: kind<Deployment>('apps/v1', 'Deployment', 'deployments'),
  replicaSet: kind<ReplicaSet>('apps/v1', 'ReplicaSet', 'replicasets'),
  job: kind<Job>('batch/v1', 'Job', 'jobs'),
  lease: kind<Lease>('coordination.k8s.io/v1', 'Lease', 'leases'),
  endpointSlice: kind<EndpointSlice>('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices'),
  networkPolicy: kind<KubernetesObject>('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies'),
  podDisruptionBudget: kind<KubernetesObject>('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets'),
  clusterRole: kind<KubernetesObject>('rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', false),
  clusterRoleBinding: kind<KubernetesObject>(
    'rbac.authorization.k8s.io/v1',
    'ClusterRoleBinding',
    'clusterrolebindings',
    false,
  ),
  role: kind<KubernetesObject>('rbac.authorization.k8s.io/v1', 'Role', 'roles'),
  roleBinding: kind<KubernetesObject>('rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings'),
} as const;
