import { z } from 'zod';

import { Tags, Timestamp } from './common.ts';

export const Workspace = z
  .object({
    /** ARM resource id. */
    id: z.string(),
    name: z.string(),
    subscriptionId: z.string(),
    resourceGroup: z.string(),
    location: z.string(),
    friendlyName: z.string(),
    description: z.string(),
    tags: Tags,
    createdTime: Timestamp,
    updatedTime: Timestamp,
  })
  .meta({ id: 'Workspace', description: 'What models, environments, compute targets and services belong to.' });
export type Workspace = z.infer<typeof Workspace>;

export const CreateWorkspace = z.strictObject({
  location: z.string().max(64).default('local'),
  friendlyName: z.string().max(256).default(''),
  description: z.string().max(8192).default(''),
  tags: Tags.default({}),
  /** Answer with the workspace as it is when there is one of that name already. */
  existOk: z.boolean().default(false),
});

export const UpdateWorkspace = z.strictObject({
  friendlyName: z.string().max(256).optional(),
  description: z.string().max(8192).optional(),
  tags: Tags.optional(),
});
