import type { CompatibleParts } from '../parts.ts';
import type { CompatibleRoute } from '../route.ts';

export function blobRoutes(_parts: CompatibleParts): readonly CompatibleRoute[] {
  return [];
}
