import type { CompatibleParts } from '../parts.ts';
import type { CompatibleRoute } from '../route.ts';

export function computeRoutes(_parts: CompatibleParts): readonly CompatibleRoute[] {
  return [];
}
