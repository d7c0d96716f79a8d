/** What routers may do in a cluster; docs/kubernetes.md says why each right is needed. */
import { CLUSTER } from '@farled/contract';

import type { Labels, Manifest, RouterInstallation } from './router-objects-options.ts';

const RBAC = 'rbac.authorization.k8s.io';
const { router: name, systemNamespace } = CLUSTER;

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

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

export function rightsObjects({ routes = 'besideServices' }: RouterInstallation, labels: Labels): Manifest[] {
  const everywhere = routes === 'besideServices' ? [ROUTES, REPLICAS, ...SCALING] : [REPLICAS, ...SCALING];
  const here = routes === 'besideServices' ? ELECTION : [ROUTES, ...ELECTION];
  const metadata = { name, labels };
  const local = { ...metadata, namespace: systemNamespace };
  const subjects = [{ kind: 'ServiceAccount', name, namespace: systemNamespace }];
  const reference = (kind: string) => ({ apiGroup: RBAC, kind, name });
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: local, automountServiceAccountToken: false },
    { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata, rules: everywhere },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: reference('ClusterRole'),
      subjects,
    },
    { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata: local, rules: here },
    { apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', metadata: local, roleRef: reference('Role'), subjects },
  ];
}
