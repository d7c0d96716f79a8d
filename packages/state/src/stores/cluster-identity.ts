/** Whether clusters are one and the same, whatever they are called and whichever address they are reached at. Pure. */
import { type Cluster, type ClusterFacts, FarledError } from '@farled/contract';

/** @throws FarledError ClusterInUse: what a compute target installed in one cluster would be left behind there. */
export function refuseAnotherCluster(present: Cluster, facts: ClusterFacts): void {
  const { kubernetes, attachedTo } = present;
  const uid = kubernetes?.uid ?? null;
  if (attachedTo === null || uid === null || facts.uid === null || uid === facts.uid) {
    return;
  }
  const message = `The credential is of another cluster, at ${facts.server}, than the one that is attached as compute target "${attachedTo.compute}", at ${kubernetes?.server}.`;
  throw new FarledError('ClusterInUse', message, {
    suggestion: 'Make the other cluster known under a name of its own, or detach the compute target first.',
  });
}

/** @throws FarledError ClusterInUse when the cluster is attached, under this resource id or under another. */
export function refuseAttached(cluster: Cluster, known: readonly Cluster[]): void {
  const uid = cluster.kubernetes?.uid ?? null;
  const holder = [cluster, ...known].find(
    (one) => one.attachedTo !== null && (one === cluster || (uid !== null && one.kubernetes?.uid === uid)),
  );
  if (holder?.attachedTo) {
    const { workspace, compute } = holder.attachedTo;
    const as = holder === cluster ? '' : `, known also as ${holder.resourceId},`;
    const message = `Cluster ${cluster.resourceId}${as} is attached to ${workspace} as compute target "${compute}" already.`;
    throw new FarledError('ClusterInUse', message, {
      suggestion: 'A cluster serves one compute target: detach that one first.',
    });
  }
}
