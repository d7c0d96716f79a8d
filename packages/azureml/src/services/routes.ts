import type { CompatibleParts } from '../parts.ts';
import type { CompatibleRoute } from '../route.ts';

export function serviceRoutes(_parts: CompatibleParts): readonly CompatibleRoute[] {
  return [];
}
