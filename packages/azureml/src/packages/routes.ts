import type { CompatibleParts } from '../parts.ts';
import type { CompatibleRoute } from '../route.ts';

export function packageRoutes(_parts: CompatibleParts): readonly CompatibleRoute[] {
  return [];
}
