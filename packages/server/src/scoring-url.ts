import type { ComputeRecord } from '@farled/state';

import type { AppParts } from './parts.ts';

/** Base address of scoring requests to a compute target's services; null until a Kubernetes has a router to reach. */
export function scoringUrlOf(
  { clusterKind, scoringUrl }: Pick<ComputeRecord, 'clusterKind' | 'scoringUrl'>,
  { scoringUrl: onThisMachine }: Pick<AppParts, 'scoringUrl'>,
): string | null {
  return clusterKind === 'local' ? onThisMachine() : scoringUrl;
}
