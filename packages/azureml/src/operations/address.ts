import type { WorkspaceReference } from '@farled/contract';

/** Of a workspace's models, services and operations. */
export function modelManagementPath({ subscriptionId, resourceGroup, workspace }: WorkspaceReference): string {
  return `/modelmanagement/v1.0/subscriptions/${subscriptionId}/resourceGroups/${encodeURIComponent(resourceGroup)}/providers/Microsoft.MachineLearningServices/workspaces/${workspace}`;
}
