/** What Farled must be allowed to do in a Kubernetes; docs/kubernetes.md says why each is needed. Pure. */
import { FarledError } from '@farled/contract';
import { describePermission, type Permission } from '@farled/kubernetes';

const READ = ['get', 'list', 'watch'];
/** Server-side apply of what is not there yet takes both `create` and `patch`. */
const OWN = [...READ, 'create', 'patch', 'delete'];

export type Rule = readonly [group: string, resources: readonly string[], verbs: readonly string[]];

/** What deploying services takes, in clusters whose routers an administrator installed. */
export const DEPLOYING_RULES: readonly Rule[] = [
  ['', ['secrets', 'services'], OWN],
  ['', ['configmaps'], ['get', 'create', 'patch', 'delete']],
  ['', ['pods'], READ],
  ['', ['pods/log'], ['get']],
  ['', ['nodes'], ['list']],
  ['apps', ['deployments'], OWN],
  ['apps', ['deployments/scale'], ['get', 'patch']],
  ['apps', ['replicasets'], READ],
  ['batch', ['jobs'], ['get', 'create', 'delete']],
  ['networking.k8s.io', ['networkpolicies'], OWN],
  ['policy', ['poddisruptionbudgets'], OWN],
];

/** What installing routers takes beyond that, and taking them away. */
const INSTALLING_RULES: readonly Rule[] = [
  ['', ['namespaces', 'serviceaccounts'], OWN],
  ['', ['pods'], ['delete']],
  // Not used by the controller itself: nobody may grant what they don't have, and routers elect one of them.
  ['discovery.k8s.io', ['endpointslices'], ['list', 'watch']],
  ['coordination.k8s.io', ['leases'], ['get', 'create', 'update']],
  ['rbac.authorization.k8s.io', ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'], OWN],
];

export const DEPLOYING_PERMISSIONS = DEPLOYING_RULES.flatMap(permissionsOf);
export const INSTALLING_PERMISSIONS = INSTALLING_RULES.flatMap(permissionsOf);

function permissionsOf([group, resources, verbs]: Rule): Permission[] {
  return resources.flatMap((path) => {
    const [resource = '', subresource] = path.split('/');
    return verbs.map((verb) => ({ verb, group, resource, ...(subresource === undefined ? {} : { subresource }) }));
  });
}

/** Those that are missing, by what they are about: «create, patch deployments.apps». */
function groupPermissions(missing: readonly Permission[]): string[] {
  const verbsOf = new Map<string, string[]>();
  for (const permission of missing) {
    const about = describePermission(permission).slice(permission.verb.length + 1);
    verbsOf.set(about, [...(verbsOf.get(about) ?? []), permission.verb]);
  }
  return [...verbsOf].map(([about, verbs]) => `${verbs.join(', ')} ${about}`);
}

interface Lack {
  readonly server: string;
  readonly missing: readonly Permission[];
  /** Which Farled we are, as a label says it. */
  readonly installation: string;
  /** Routers that are in the cluster. */
  readonly present: { readonly installation: string } | null;
}

export function permissionsMissing({ server, missing, installation, present }: Lack): FarledError {
  const groups = groupPermissions(missing);
  const others =
    present === null || present.installation === installation
      ? ''
      : ` The routers that are there are of installation "${present.installation}", and this Farled is "${installation}".`;
  return new FarledError(
    'ClusterPermissionsMissing',
    `The credential may not do what Farled needs in the cluster at ${server}: ${groups.join('; ')}.${others}`,
    {
      suggestion: `Grant the rights that docs/kubernetes.md lists; or let an administrator install the routers for installation ${installation}, as \`farled kubernetes manifests\` says, and grant only what deploying services takes.`,
      details: missing.map((permission) => ({
        code: 'PermissionMissing',
        message: describePermission(permission),
        target: permission.resource,
      })),
    },
  );
}
