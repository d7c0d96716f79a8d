/** Where a role holds: everything, a subscription, a resource group or a workspace, in ARM form. */
import { z } from 'zod';

import { ResourceGroupName, SubscriptionId, WorkspaceName } from '../names.ts';

/** Each part narrows the one before; none of them is everything. Compared without regard to case. */
export interface ScopeReference {
  readonly subscriptionId?: string | undefined;
  readonly resourceGroup?: string | undefined;
  readonly workspace?: string | undefined;
}

const PARTS = ['subscriptionId', 'resourceGroup', 'workspace'] as const;

const PATTERN =
  /^\/subscriptions\/([^/]+)(?:\/resourcegroups\/([^/]+)(?:\/providers\/microsoft\.machinelearningservices\/workspaces\/([^/]+))?)?\/?$/i;

const Parts = z.object({
  subscriptionId: SubscriptionId,
  resourceGroup: ResourceGroupName.optional(),
  workspace: WorkspaceName.optional(),
});

/** As text; what it answers is spelled as ARM does. */
export const Scope = z
  .string()
  .max(512)
  .transform((text, context) => {
    if (text === '/') {
      return text;
    }
    const [, subscriptionId, resourceGroup, workspace] = PATTERN.exec(text) ?? [];
    const parts = Parts.safeParse({ subscriptionId, resourceGroup, workspace });
    if (!parts.success) {
      context.addIssue({
        code: 'custom',
        message:
          'must be "/", or the resource id of a subscription, a resource group or a workspace, like /subscriptions/SUB/resourceGroups/RG',
      });
      return z.NEVER;
    }
    return scopeId(parts.data);
  });

export function scopeId({ subscriptionId, resourceGroup, workspace }: ScopeReference): string {
  return subscriptionId === undefined
    ? '/'
    : [
        `/subscriptions/${subscriptionId}`,
        ...(resourceGroup === undefined ? [] : [`resourceGroups/${resourceGroup}`]),
        ...(workspace === undefined ? [] : [`providers/Microsoft.MachineLearningServices/workspaces/${workspace}`]),
      ].join('/');
}

/** Takes a valid {@link Scope} apart. */
export function parseScope(scope: string): ScopeReference {
  const [, subscriptionId, resourceGroup, workspace] = PATTERN.exec(scope) ?? [];
  return { subscriptionId, resourceGroup, workspace };
}

/** Whether what holds in `outer` holds in `inner`. */
export function covers(outer: ScopeReference, inner: ScopeReference): boolean {
  return PARTS.every((part) => outer[part] === undefined || outer[part]?.toLowerCase() === inner[part]?.toLowerCase());
}
