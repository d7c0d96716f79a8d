/** What images are built for. */
import type { Platform } from '@farled/image';

/** There is a Node for them; a cluster's other nodes get no pods of ours. */
const ARCHITECTURES: ReadonlySet<string> = new Set(['amd64', 'arm64']);

/** Of the nodes' architectures, in one order; amd64 when none is known. */
export function platformsOf(architectures: readonly string[]): readonly Platform[] {
  const known = [...new Set(architectures)].filter((architecture) => ARCHITECTURES.has(architecture));
  return (known.length === 0 ? ['amd64'] : known.toSorted()).map((architecture) => ({
    os: 'linux',
    architecture: architecture as 'amd64' | 'arm64',
  }));
}
