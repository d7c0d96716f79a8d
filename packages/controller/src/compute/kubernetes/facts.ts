/** What a Kubernetes is, from its version and its nodes. Pure. */
import { type ClusterFacts, FarledError } from '@farled/contract';
import { type Node, parseQuantity } from '@farled/kubernetes';

/** Minor versions of Kubernetes 1 that Farled is made for. */
const SUPPORTED = { oldest: 30, newest: 36 } as const;

/** Kept free of everything but the cluster's own pods, unless the pod says otherwise. */
const CONTROL_PLANE_TAINTS = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];
const GPU = 'nvidia.com/gpu';
const BYTES_PER_GB = 2 ** 30;

export interface ServerVersion {
  readonly major: number;
  readonly minor: number;
  readonly gitVersion: string;
}

/**
 * Warnings about a version that is newer than those that are known to work.
 *
 * @throws FarledError KubernetesVersionUnsupported for one that is too old.
 */
export function checkVersion(server: string, { major, minor, gitVersion }: ServerVersion): string[] {
  const range = `1.${SUPPORTED.oldest} to 1.${SUPPORTED.newest}`;
  if (major < 1 || (major === 1 && minor < SUPPORTED.oldest)) {
    throw new FarledError(
      'KubernetesVersionUnsupported',
      `The cluster at ${server} runs Kubernetes ${gitVersion}; Farled supports ${range}.`,
      { suggestion: `Upgrade the cluster to 1.${SUPPORTED.oldest} or newer.` },
    );
  }
  return major > 1 || minor > SUPPORTED.newest
    ? [`The cluster runs Kubernetes ${gitVersion}, which is newer than those that Farled is tested with, ${range}.`]
    : [];
}

/** Whether pods of services can be placed there now. */
function takesPods({ spec, status }: Node): boolean {
  const ready = status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false;
  const kept = spec?.taints?.some(
    ({ key, effect }) => CONTROL_PLANE_TAINTS.includes(key) && effect !== 'PreferNoSchedule',
  );
  const linux = (status?.nodeInfo?.operatingSystem ?? 'linux') === 'linux';
  return ready && linux && spec?.unschedulable !== true && kept !== true;
}

type NodeFacts = Pick<ClusterFacts, 'nodes' | 'architectures' | 'instanceType' | 'allocatable'>;

export function describeNodes(all: readonly Node[]): NodeFacts {
  const nodes = all.filter(takesPods);
  const sum = (resource: string): number =>
    nodes.reduce((total, { status }) => total + parseQuantity(status?.allocatable?.[resource] ?? '0'), 0);
  const types = new Set(nodes.map(({ metadata }) => metadata.labels?.['node.kubernetes.io/instance-type'] ?? null));
  const architectures = nodes.flatMap(({ status }) => status?.nodeInfo?.architecture ?? []);
  return {
    nodes: nodes.length,
    architectures: [...new Set(architectures)].toSorted(),
    instanceType: types.size === 1 ? ([...types][0] ?? null) : null,
    allocatable: { cpu: rounded(sum('cpu')), memoryInGB: rounded(sum('memory') / BYTES_PER_GB), gpu: sum(GPU) },
  };
}

/** To a thousandth: a vCPU's smallest part, and sums of decimals are off by tiny amounts. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
