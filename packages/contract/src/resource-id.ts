/** ARM resource ids, as they stand in users' scripts: compared without regard to case. */
import { FarledError } from './errors.ts';

export interface WorkspaceReference {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly workspace: string;
}

export interface ClusterReference {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly cluster: string;
}

export function workspaceId({ subscriptionId, resourceGroup, workspace }: WorkspaceReference): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.MachineLearningServices/workspaces/${workspace}`;
}

export function resourceGroupId({ subscriptionId, resourceGroup }: Omit<WorkspaceReference, 'workspace'>): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
}

export function clusterId({ subscriptionId, resourceGroup, cluster }: ClusterReference): string {
  return `/subscriptions/${subscriptionId}/resourcegroups/${resourceGroup}/providers/Microsoft.ContainerService/managedClusters/${cluster}`;
}

const CLUSTER_ID =
  /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/providers\/microsoft\.containerservice\/managedclusters\/([^/]+)$/i;

/** @throws FarledError BadArgument when the text is not a managed cluster's resource id. */
export function parseClusterId(id: string): ClusterReference {
  const match = CLUSTER_ID.exec(id);
  if (match === null) {
    throw new FarledError('BadArgument', `"${id}" is not the resource id of a cluster.`, {
      suggestion:
        'Write it as /subscriptions/SUB/resourcegroups/RG/providers/Microsoft.ContainerService/managedClusters/NAME; `farled cluster list -o json` shows the known ones.',
    });
  }
  const [, subscriptionId = '', resourceGroup = '', cluster = ''] = match;
  return { subscriptionId, resourceGroup, cluster };
}
