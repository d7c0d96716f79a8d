import { z } from 'zod';

import { route } from '../route.ts';

export const ServerInfo = z
  .object({
    product: z.literal('farled'),
    version: z.string(),
    /** Base address of scoring requests. */
    scoringUrl: z.string(),
  })
  .meta({ id: 'ServerInfo' });

export const server = {
  info: route({
    operationId: 'getServerInfo',
    method: 'GET',
    path: '/server',
    summary: 'Says what answers here.',
    tag: 'Server',
    responses: { 200: ServerInfo },
    open: true,
    idempotent: true,
  }),
} as const;
