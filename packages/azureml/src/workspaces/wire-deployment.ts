/** ARM deployments, as far as they make workspaces. Pure. */
import { FarledError, parseOrThrow } from '@farled/contract';
import { z } from 'zod';

import { WireTags } from '../subscriptions/wire-tags.ts';
import { WORKSPACE_TYPE } from './wire-workspace.ts';

const Deployment = z.object({
  properties: z.object({ template: z.object({ resources: z.array(z.looseObject({ type: z.string() })).max(100) }) }),
});

const WorkspaceResource = z.object({
  name: z.string(),
  location: z.string().nullish(),
  tags: WireTags.nullish(),
  properties: z.object({ friendlyName: z.string().nullish(), description: z.string().nullish() }).nullish(),
});

interface WantedWorkspace {
  readonly name: string;
  readonly fields: {
    readonly location?: string;
    readonly friendlyName?: string;
    readonly description?: string;
    readonly tags?: Record<string, string>;
  };
}

/**
 * The workspace that the template makes. What else is in it (storage account, key vault, insights, their groups) is
 * left out: there is nothing of that kind here.
 *
 * @throws FarledError BadArgument naming the field; NotSupportedYet for a template of something else.
 */
export function wantedWorkspace(body: unknown): WantedWorkspace {
  const { properties } = parseOrThrow(Deployment, body, 'The request body');
  const found = properties.template.resources.filter(({ type }) => type.toLowerCase() === WORKSPACE_TYPE.toLowerCase());
  const [resource] = found;
  if (resource === undefined || found.length > 1) {
    const types = properties.template.resources.map(({ type }) => type.slice(0, 100)).slice(0, 10);
    throw new FarledError(
      'NotSupportedYet',
      `The template has ${found.length} workspaces among its resources (${types.join(', ') || 'none'}).`,
      { suggestion: 'Farled deploys templates with exactly one workspace, as Workspace.create sends them.' },
    );
  }
  const { name, location, tags, properties: said } = parseOrThrow(WorkspaceResource, resource, 'The workspace');
  return {
    name,
    fields: {
      ...(location ? { location } : {}),
      ...(said?.friendlyName ? { friendlyName: said.friendlyName } : {}),
      ...(said?.description ? { description: said.description } : {}),
      ...(tags ? { tags } : {}),
    },
  };
}

export interface DoneDeployment {
  readonly id: string;
  readonly name: string;
  readonly workspace: { readonly id: string; readonly name: string };
  /** ISO 8601. */
  readonly timestamp: string;
  readonly durationMs: number;
}

export function toWireDeployment({ id, name, workspace, timestamp, durationMs }: DoneDeployment) {
  return {
    id,
    name,
    type: 'Microsoft.Resources/deployments',
    properties: {
      provisioningState: 'Succeeded',
      timestamp,
      duration: duration(durationMs),
      mode: 'Incremental',
      outputResources: [{ id: workspace.id }],
    },
  };
}

/** What progress is shown by. */
export function toWireDeploymentOperation({ id, workspace, timestamp, durationMs }: DoneDeployment) {
  return {
    id: `${id}/operations/1`,
    operationId: '1',
    properties: {
      provisioningOperation: 'Create',
      provisioningState: 'Succeeded',
      timestamp,
      duration: duration(durationMs),
      statusCode: 'Created',
      targetResource: { id: workspace.id, resourceType: WORKSPACE_TYPE, resourceName: workspace.name },
    },
  };
}

/** ISO 8601. */
function duration(milliseconds: number): string {
  return `PT${(milliseconds / 1000).toFixed(3)}S`;
}
