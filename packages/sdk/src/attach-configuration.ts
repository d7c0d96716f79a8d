/** Which cluster is to be attached, and how: from what callers say to what the route takes. */
import { clusterId, type routes } from '@farled/contract';

import type { CallInput } from './client.ts';
import { readKubeconfig } from './node/read-kubeconfig.ts';
import type { Workspace } from './workspace.ts';

type PutBody = CallInput<typeof routes.computes.put>['body'];
export type ProvisioningConfiguration = Extract<PutBody, { mode: 'create' }>;
type AttachBody = Extract<PutBody, { mode: 'attach' }>;
/** On which nodes of a Kubernetes services may run. */
export type PlacementOptions = NonNullable<AttachBody['placement']>;

/** A known cluster, by resource id, or by resource group and name in the workspace's subscription. */
type KnownCluster = { readonly resourceId: string } | { readonly resourceGroup: string; readonly clusterName: string };

/** A Kubernetes that becomes known with its compute target. Files are read when it is attached. */
export type KubernetesAccess =
  | { readonly kubeconfig: string; readonly context?: string | undefined }
  | { readonly kubeconfigPath: string; readonly context?: string | undefined }
  | { readonly inCluster: true };

export type AttachConfiguration = Omit<AttachBody, 'resourceId' | 'kubernetes' | 'operationId'> & {
  readonly cluster: KnownCluster | KubernetesAccess;
};

export async function attachBody(workspace: Workspace, configuration: AttachConfiguration): Promise<AttachBody> {
  const { cluster, ...rest } = configuration;
  if ('resourceId' in cluster) {
    return { ...rest, resourceId: cluster.resourceId };
  }
  if ('clusterName' in cluster) {
    const { subscriptionId } = workspace;
    const { resourceGroup, clusterName } = cluster;
    return { ...rest, resourceId: clusterId({ subscriptionId, resourceGroup, cluster: clusterName }) };
  }
  if ('kubeconfigPath' in cluster) {
    const { kubeconfigPath, context } = cluster;
    return { ...rest, kubernetes: { kubeconfig: await readKubeconfig({ path: kubeconfigPath }, context), context } };
  }
  return { ...rest, kubernetes: { ...cluster } };
}
