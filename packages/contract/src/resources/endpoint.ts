/** Endpoints: a service with several versions and a traffic split. The schema only; no route makes one yet. */
import { z } from 'zod';

import { ServiceName } from '../names.ts';
import { Tags, Timestamp } from './common.ts';

export const MAXIMUM_VERSIONS = 6;

export const EndpointVersion = z.object({
  name: z.string(),
  trafficPercentile: z.number().min(0).max(100).default(0),
  isDefault: z.boolean().default(false),
  type: z.enum(['Control', 'Treatment']).default('Treatment'),
});

export const Endpoint = z
  .object({
    name: ServiceName,
    computeName: z.string(),
    versions: z.array(EndpointVersion).max(MAXIMUM_VERSIONS),
    tags: Tags,
    createdTime: Timestamp,
  })
  .meta({ id: 'Endpoint', description: 'A service with several versions, each with a share of the traffic.' });
export type Endpoint = z.infer<typeof Endpoint>;
