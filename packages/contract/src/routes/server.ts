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
  replaceTokenKey: route({
    operationId: 'replaceTokenKey',
    method: 'POST',
    path: '/server/replaceTokenKey',
    summary: 'Signs tokens of services with a new key, and has routers refuse all that were signed before.',
    tag: 'Server',
    need: 'manage',
    responses: { 204: null },
    idempotent: true,
  }),
} as const;
