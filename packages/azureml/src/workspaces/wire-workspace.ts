import { parseOrThrow, type Workspace } from '@farled/contract';
import { z } from 'zod';

import { WireTags } from '../subscriptions/wire-tags.ts';

export const WORKSPACE_TYPE = 'Microsoft.MachineLearningServices/workspaces';

/** @param key what the client keeps its discovery under, with the address: another workspace of the name has another. */
export function toWireWorkspace(workspace: Workspace, key: string, discoveryUrl: string) {
  const { id, name, location, tags, friendlyName, description, createdTime } = workspace;
  return {
    id,
    name,
    type: WORKSPACE_TYPE,
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
      // Resources of Azure that there are none of here.
      storageAccount: '',
      keyVault: '',
      applicationInsights: '',
      containerRegistry: '',
      imageBuildCompute: '',
      hbiWorkspace: false,
      allowPublicAccessWhenBehindVnet: true,
      v1LegacyMode: true,
      systemDatastoresAuthMode: 'identity',
    },
  };
}

/** As lists of resources have it. */
export function toWireResource({ id, name, location, tags }: Workspace) {
  return { id, name, type: WORKSPACE_TYPE, location, tags };
}

const Change = z.object({
  tags: WireTags.nullish(),
  properties: z
    .object({
      friendlyName: z.string().nullish(),
      description: z.string().nullish(),
      containerRegistry: z.string().nullish(),
    })
    .nullish(),
});

interface WorkspaceChange {
  readonly tags?: Record<string, string>;
  readonly friendlyName?: string;
  readonly description?: string;
  /** Asked for, and not to be had. */
  readonly containerRegistry?: string;
}

/** What is null or absent stays as it is. @throws FarledError BadArgument naming the field. */
export function fromWireChange(body: unknown): WorkspaceChange {
  const { tags, properties } = parseOrThrow(Change, body ?? {}, 'The request body');
  const { friendlyName, description, containerRegistry } = properties ?? {};
  return {
    ...(tags ? { tags } : {}),
    ...(typeof friendlyName === 'string' ? { friendlyName } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    ...(containerRegistry ? { containerRegistry } : {}),
  };
}
