/** What a cluster is told so that it runs the steps of a Dockerfile. Pure. */
import { CLUSTER } from '@farled/contract';
import type { Job, KubernetesObject } from '@farled/kubernetes';

export interface BaseBuild {
  /** Of the Job, from what is built: who comes back finds it by that. */
  readonly name: string;
  readonly installation: string;
  /** buildah, with the Dockerfile in it. */
  readonly builderImage: string;
  /** As nodes name it: `amd64`. */
  readonly architecture: string;
  /** What is pushed, as the pod names it. */
  readonly destination: string;
  /** Whether a Secret of the Job's name has logins for registries. */
  readonly hasLogins: boolean;
}

export const BUILDS_NAMESPACE = 'farled-builds';
/** Where our layer has it in the builder's image. */
export const DOCKERFILE = '/workspace/Dockerfile';
/** Steps of a Dockerfile bring no files: there is nothing to copy from. */
export const CONTEXT = '/workspace/context';
export const BUILD_SECONDS = 1200;
/** A Farled that crashed has this long to come back and read why it failed. */
const KEPT_SECONDS = 3600;
const LOGINS = '/run/farled/logins';
const STORAGE = '/var/lib/containers';

/** No file system in user space, no devices: vfs copies, and chroot needs no container engine. */
const SCRIPT = [
  `buildah --storage-driver vfs bud --isolation chroot --format oci --layers=false --file ${DOCKERFILE} --tag "$1" ${CONTEXT}`,
  'buildah --storage-driver vfs push "$1" "docker://$1"',
].join('\n');

/** Steps run as root, in a user namespace that buildah makes: making it takes these, and no privileges of the node. */
const SECURITY = {
  runAsUser: 0,
  capabilities: {
    drop: ['ALL'],
    add: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID'],
  },
  // Those that container engines bring refuse to make namespaces, and to mount within them.
  seccompProfile: { type: 'Unconfined' },
  appArmorProfile: { type: 'Unconfined' },
};

export function buildsNamespace(installation: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: BUILDS_NAMESPACE,
      // Below it no pod may go without a seccomp profile.
      labels: { ...labelsOf(installation), 'pod-security.kubernetes.io/enforce': 'privileged' },
    },
  };
}

export function buildJob(build: BaseBuild): Job {
  const { name, installation, builderImage, architecture, destination, hasLogins } = build;
  const labels = labelsOf(installation);
  const mounts = [{ name: 'storage', mountPath: STORAGE }];
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: BUILDS_NAMESPACE, labels },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: BUILD_SECONDS,
      ttlSecondsAfterFinished: KEPT_SECONDS,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 1,
          nodeSelector: { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': architecture },
          ...(hasLogins ? { imagePullSecrets: [{ name }] } : {}),
          containers: [
            {
              name: 'buildah',
              image: builderImage,
              command: ['/bin/sh', '-ec', SCRIPT, 'build', destination],
              env: hasLogins ? [{ name: 'REGISTRY_AUTH_FILE', value: `${LOGINS}/.dockerconfigjson` }] : [],
              resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { memory: '4Gi' } },
              securityContext: SECURITY,
              volumeMounts: hasLogins ? [...mounts, { name: 'logins', mountPath: LOGINS, readOnly: true }] : mounts,
            },
          ],
          volumes: [
            { name: 'storage', emptyDir: {} },
            ...(hasLogins ? [{ name: 'logins', secret: { secretName: name } }] : []),
          ],
        },
      },
    },
  };
}

function labelsOf(installation: string): Readonly<Record<string, string>> {
  return { ...CLUSTER.managedBy, [CLUSTER.installationLabel]: installation };
}
