import { z } from 'zod';

import { Tags, Timestamp } from './common.ts';

export const ResourceGroup = z
  .object({
    /** ARM resource id. */
    id: z.string(),
    name: z.string(),
    subscriptionId: z.string(),
    location: z.string(),
    tags: Tags,
    createdTime: Timestamp,
  })
  .meta({ id: 'ResourceGroup', description: 'What workspaces are grouped by; it outlives them.' });
export type ResourceGroup = z.infer<typeof ResourceGroup>;

export const PutResourceGroup = z.strictObject({
  location: z.string().max(64).default('local'),
  tags: Tags.default({}),
});
