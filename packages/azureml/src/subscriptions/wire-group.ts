import { parseOrThrow, type ResourceGroup } from '@farled/contract';
import { z } from 'zod';

import { WireTags } from './wire-tags.ts';

const Body = z.object({ location: z.string().nullish(), tags: WireTags.nullish() });

/** @throws FarledError BadArgument naming the field. */
export function fromWireGroup(body: unknown): { readonly location?: string; readonly tags?: Record<string, string> } {
  const { location, tags } = parseOrThrow(Body, body ?? {}, 'The request body');
  return { ...(location ? { location } : {}), ...(tags ? { tags } : {}) };
}

export function toWireGroup({ id, name, location, tags }: ResourceGroup) {
  return {
    id,
    name,
    type: 'Microsoft.Resources/resourceGroups',
    location,
    tags,
    properties: { provisioningState: 'Succeeded' },
  };
}
