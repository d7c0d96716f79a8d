/** The requests that azureml-core sends of endpoints, as far as anything in them means something here. */
import { z } from 'zod';

import { CreateRequest } from '../services/wire-request.ts';

/** One version, as it is deployed. What it says of itself beyond this is the endpoint's to say. */
export const Variant = CreateRequest.omit({ name: true, computeName: true, overwrite: true, keys: true }).extend({
  trafficPercentile: z.unknown().optional(),
  isDefault: z.unknown().optional(),
  type: z.unknown().optional(),
});
export type Variant = z.output<typeof Variant>;

export const CreateEndpointRequest = CreateRequest.extend({
  versions: z.record(z.string(), Variant, { error: 'must be an object of versions by their names' }),
});
export type CreateEndpointRequest = z.output<typeof CreateEndpointRequest>;

export function isEndpointRequest(body: unknown): boolean {
  const { computeType } = (body ?? {}) as { computeType?: unknown };
  return typeof computeType === 'string' && computeType.toUpperCase() === 'AKSENDPOINT';
}
