/** Nodes that only seem to run pods, and that services go to: three thousand real pods would be another measurement. */
import type { Cluster } from '../../e2e/cluster/cluster.ts';

const NAME = 'scale';
/** KWOK's mark on its nodes, and the taint that goes with it. */
const MARK = 'kwok.x-k8s.io/node';
/** As a kubelet has it; a few more than are needed, for what is replaced and not gone yet. */
const PODS_OF_A_NODE = 110;
const SPARE_NODES = 3;

/** Until it is disposed of, new pods go to simulated nodes alone; what runs on real ones stays there. */
export async function simulatePlaces(cluster: Cluster, pods: number): Promise<AsyncDisposable> {
  await using ending = new AsyncDisposableStack();
  ending.defer(async () => {
    await cluster.kubectl(['delete', 'nodes', `--selector=${MARK}=${NAME}`]);
  });
  await cluster.simulateNodes({
    name: NAME,
    count: Math.ceil(pods / PODS_OF_A_NODE) + SPARE_NODES,
    capacity: { cpu: '64', memory: '256Gi', pods: String(PODS_OF_A_NODE) },
    labels: { 'kubernetes.io/arch': process.arch === 'arm64' ? 'arm64' : 'amd64' },
  });
  await cluster.kubectl(['taint', 'nodes', `--selector=${MARK}=${NAME}`, `${MARK}-`]);
  ending.defer(async () => {
    await cluster.kubectl(['uncordon', ...cluster.nodes]);
  });
  await cluster.kubectl(['cordon', ...cluster.nodes]);
  return ending.move();
}
