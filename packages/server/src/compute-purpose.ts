/** Whether a cluster is large enough for what it is to be used for. Pure. */
import {
  type Cluster,
  clusterCapacity,
  type ClusterPurpose,
  FAST_PROD_MINIMUM_CPU,
  FarledError,
} from '@farled/contract';

/**
 * anchors: AksCompute.provisioning_configuration, the rule for clusters that are not for DevTest.
 *
 * @throws FarledError ComputeTooSmall
 */
export function checkPurpose(purpose: ClusterPurpose, cluster: Cluster): void {
  const { cpu } = clusterCapacity(cluster);
  if (purpose === 'DevTest' || cpu >= FAST_PROD_MINIMUM_CPU) {
    return;
  }
  const { agentCount, vmSize, kubernetes } = cluster;
  const rule = `must be greater than or equal to ${FAST_PROD_MINIMUM_CPU} virtual CPUs for a FastProd cluster`;
  if (kubernetes === null) {
    throw new FarledError(
      'ComputeTooSmall',
      `agentCount multiplied by the vCPUs of vmSize ${rule}: ${agentCount} x ${vmSize} has ${cpu}.`,
      { suggestion: 'Use more agents or a larger size, or make it a DevTest cluster (cluster purpose DevTest).' },
    );
  }
  const nodes = agentCount === 1 ? '1 node' : `${agentCount} nodes`;
  throw new FarledError(
    'ComputeTooSmall',
    `What the nodes of ${kubernetes.server} can give ${rule}: ${nodes} (ready and not cordoned) can give ${Math.round(cpu * 1000) / 1000}.`,
    { suggestion: 'Add nodes or larger ones, or make it a DevTest cluster (cluster purpose DevTest).' },
  );
}
