/** The mark that says whose a cluster is: two Farleds in one cluster would take each other's routers away. */
import { CLUSTER, FarledError } from '@farled/contract';
import { type ConfigMap, KINDS, type KubernetesClient } from '@farled/kubernetes';
import type { ComputeRecord } from '@farled/state';

export const MARK = { name: 'farled-attachment', namespace: CLUSTER.systemNamespace } as const;

/** Before anything of it is touched. @throws FarledError ClusterInUse naming the workspace that has the cluster. */
export async function refuseClaimed(
  client: KubernetesClient,
  installation: string,
  signal: AbortSignal,
): Promise<void> {
  const present = await client.get(KINDS.configMap, MARK, signal);
  if (present === undefined || present.data?.['installation'] === installation) {
    return;
  }
  const { compute = '', workspace = '' } = present.data ?? {};
  throw new FarledError(
    'ClusterInUse',
    `The cluster is attached to another Farled already: as compute target "${compute}" of workspace "${workspace}".`,
    {
      suggestion: `Detach it there first. If that Farled is gone for good, delete its namespace: kubectl delete namespace ${CLUSTER.systemNamespace}`,
    },
  );
}

/** Its namespace must be there. */
export async function claimCluster(
  client: KubernetesClient,
  installation: string,
  { workspace, name }: ComputeRecord,
  signal: AbortSignal,
): Promise<void> {
  const mark: ConfigMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      ...MARK,
      labels: { ...CLUSTER.managedBy, [CLUSTER.installationLabel]: installation },
    },
    data: { installation, workspace: workspace.workspace, compute: name },
  };
  await client.apply(KINDS.configMap, mark, signal);
}
