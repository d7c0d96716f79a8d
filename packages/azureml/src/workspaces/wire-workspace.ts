import type { Workspace } from '@farled/contract';

/** @param key what the client keeps its discovery under, with the address: another workspace of the name has another. */
export function toWireWorkspace(workspace: Workspace, key: string, discoveryUrl: string) {
  const { id, name, location, tags, friendlyName, description, createdTime } = workspace;
  return {
    id,
    name,
    type: 'Microsoft.MachineLearningServices/workspaces',
    location,
    tags,
    sku: { name: 'Basic', tier: 'Basic' },
    identity: { type: 'None' },
    properties: {
      workspaceId: key,
      discoveryUrl,
      friendlyName,
      description,
      creationTime: createdTime,
      provisioningState: 'Succeeded',
    },
  };
}
