import { z } from 'zod';

import { ResourceGroupName, SubscriptionId } from '../names.ts';
import { PutResourceGroup, ResourceGroup } from '../resources/resource-group.ts';
import { route } from '../route.ts';

const GroupPath = z.object({ subscriptionId: SubscriptionId, resourceGroup: ResourceGroupName });
const GROUP = '/subscriptions/:subscriptionId/resourceGroups/:resourceGroup';
const tag = 'Resource groups';

export const resourceGroups = {
  list: route({
    operationId: 'listResourceGroups',
    method: 'GET',
    path: '/resourceGroups',
    summary: 'Lists the resource groups that the caller may look at, by subscription and name.',
    tag,
    need: 'find',
    query: z.strictObject({ subscriptionId: z.string().optional() }),
    responses: { 200: z.object({ value: z.array(ResourceGroup) }) },
    idempotent: true,
  }),
  get: route({
    operationId: 'getResourceGroup',
    method: 'GET',
    path: GROUP,
    summary: 'Reads a resource group.',
    tag,
    need: 'find',
    params: GroupPath,
    responses: { 200: ResourceGroup },
    idempotent: true,
  }),
  put: route({
    operationId: 'putResourceGroup',
    method: 'PUT',
    path: GROUP,
    summary: 'Makes a resource group, or gives one that is there other tags; workspaces bring theirs with them.',
    tag,
    params: GroupPath,
    body: PutResourceGroup,
    responses: { 200: ResourceGroup, 201: ResourceGroup },
    idempotent: true,
  }),
  delete: route({
    operationId: 'deleteResourceGroup',
    method: 'DELETE',
    path: GROUP,
    summary: 'Deletes a resource group without workspaces.',
    tag,
    params: GroupPath,
    responses: { 204: null },
    idempotent: true,
  }),
} as const;
