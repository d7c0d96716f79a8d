/** What routers may do in a cluster; docs/kubernetes.md says why each right is needed. */
import { CLUSTER, CLUSTER_STATISTICS } from '@farled/contract';

import type { Labels, Manifest } from './router-objects-options.ts';

const RBAC = 'rbac.authorization.k8s.io';
const { router: name, systemNamespace } = CLUSTER;

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** Of their own namespace, where routes are kept: RBAC knows no labels, and other Secrets are none of their business. */
const ROUTES: Rule = { apiGroups: [''], resources: ['secrets'], verbs: ['list', 'watch'] };
const REPLICAS: Rule = { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] };
const SCALING: readonly Rule[] = [
  { apiGroups: ['apps'], resources: ['deployments'], verbs: ['list', 'watch'] },
  { apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['patch'] },
];
const LEASES = { apiGroups: ['coordination.k8s.io'], resources: ['leases'] };
/** A rule with names can't allow `create`: there is no name yet when it is asked. */
const ELECTION: readonly Rule[] = [
  { ...LEASES, verbs: ['create'] },
  { ...LEASES, verbs: ['get', 'update'], resourceNames: [name] },
];

/** What became of the requests of endpoints, and what was decided of replicas, is written into an object that is there already. */
const TELLING: Rule = {
  apiGroups: [''],
  resources: ['configmaps'],
  verbs: ['get', 'patch'],
  resourceNames: [CLUSTER_STATISTICS.configMap],
};

export function rightsObjects(labels: Labels): Manifest[] {
  const metadata = { name, labels };
  const local = { ...metadata, namespace: systemNamespace };
  const subjects = [{ kind: 'ServiceAccount', name, namespace: systemNamespace }];
  const reference = (kind: string) => ({ apiGroup: RBAC, kind, name });
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: local, automountServiceAccountToken: false },
    { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata, rules: [REPLICAS, ...SCALING] },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: reference('ClusterRole'),
      subjects,
    },
    { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata: local, rules: [ROUTES, ...ELECTION, TELLING] },
    { apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', metadata: local, roleRef: reference('Role'), subjects },
  ];
}
