/** What Farled must be allowed to do in a Kubernetes; docs/kubernetes.md says why each is needed. Pure. */
import { FarledError } from '@farled/contract';
import { describePermission, type Permission } from '@farled/kubernetes';

const READ = ['get', 'list', 'watch'];
/** Server-side apply of what is not there yet takes both `create` and `patch`. */
const OWN = [...READ, 'create', 'patch', 'delete'];

const RULES: readonly (readonly [group: string, resources: readonly string[], verbs: readonly string[]])[] = [
  ['', ['namespaces', 'secrets', 'services', 'serviceaccounts', 'configmaps'], OWN],
  ['', ['pods'], [...READ, 'delete']],
  ['', ['events', 'nodes'], READ],
  ['', ['pods/log'], ['get']],
  ['apps', ['deployments'], OWN],
  ['apps', ['deployments/scale'], ['get', 'patch']],
  ['apps', ['replicasets'], READ],
  ['batch', ['jobs'], ['get', 'create', 'delete']],
  ['networking.k8s.io', ['networkpolicies'], OWN],
  ['policy', ['poddisruptionbudgets'], OWN],
  ['discovery.k8s.io', ['endpointslices'], ['list', 'watch']],
  // Not used by the controller itself: nobody may grant what they don't have, and routers elect one of them.
  ['coordination.k8s.io', ['leases'], ['get', 'create', 'update']],
  ['rbac.authorization.k8s.io', ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'], OWN],
];

/** To install the router and to run services. */
export const NEEDED_PERMISSIONS: readonly Permission[] = RULES.flatMap(([group, resources, verbs]) =>
  resources.flatMap((path) => {
    const [resource = '', subresource] = path.split('/');
    return verbs.map((verb) => ({ verb, group, resource, ...(subresource === undefined ? {} : { subresource }) }));
  }),
);

/** Those that are missing, by what they are about: «create, patch deployments.apps». */
function groupPermissions(missing: readonly Permission[]): string[] {
  const verbsOf = new Map<string, string[]>();
  for (const permission of missing) {
    const about = describePermission(permission).slice(permission.verb.length + 1);
    verbsOf.set(about, [...(verbsOf.get(about) ?? []), permission.verb]);
  }
  return [...verbsOf].map(([about, verbs]) => `${verbs.join(', ')} ${about}`);
}

export function permissionsMissing(server: string, missing: readonly Permission[]): FarledError {
  const groups = groupPermissions(missing);
  return new FarledError(
    'ClusterPermissionsMissing',
    `The credential may not do what Farled needs in the cluster at ${server}: ${groups.join('; ')}.`,
    {
      suggestion:
        'Grant the rights that docs/kubernetes.md lists, or let an administrator install the Helm chart, which grants them.',
      details: missing.map((permission) => ({
        code: 'PermissionMissing',
        message: describePermission(permission),
        target: permission.resource,
      })),
    },
  );
}
