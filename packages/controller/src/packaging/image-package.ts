/** A package as an image in the registry, which runs without Farled. */
import { FarledError } from '@farled/contract';
import { formatReference, parseReference } from '@farled/image';
import type { PackageRecord, PackageResult, Stores } from '@farled/state';

import { buildServingImage, type ServingImageParts } from '../serving-image/serving-image.ts';

/** For whoever runs it; anchors: the original's packages are for this alone. */
const PLATFORM = { os: 'linux', architecture: 'amd64' } as const;

export async function makeImagePackage(
  parts: ServingImageParts | null,
  stores: Pick<Stores, 'models' | 'environments'>,
  { workspaceId, spec }: PackageRecord,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<PackageResult> {
  if (parts === null) {
    throw new FarledError('NoRegistry', 'There is no registry that an image could be pushed to.', {
      suggestion: 'Ask for a Dockerfile, or start Farled with FARLED_REGISTRY=host/path of a registry.',
    });
  }
  const target = parseReference(`${parts.repository}/${spec.imageName}`);
  const image = await buildServingImage(parts, {
    stores,
    content: { workspaceId, ...spec },
    platforms: [PLATFORM],
    pythonPolicy: 'exact',
    target,
    tag: () => spec.imageLabel,
    labels: {},
    withVariables: true,
    log,
    signal,
  });
  return {
    location: formatReference({ ...target, tag: spec.imageLabel, digest: null }),
    digest: parseReference(image.reference).digest,
    files: [],
  };
}
