/** Images of one platform each, under one reference. */
import { FarledError } from '@farled/contract';

import { imageIndex } from './image-config.ts';
import { MEDIA, type Platform } from './registry/documents.ts';
import type { Reference } from './registry/reference.ts';
import type { Registry } from './registry/registry.ts';

/** All are in one repository, and so is the index. One image alone is what it was. */
export async function joinPlatforms(
  registry: Registry,
  images: readonly { readonly platform: Platform; readonly reference: Reference }[],
  signal: AbortSignal,
): Promise<Reference> {
  const [first, ...more] = images;
  if (first === undefined) {
    throw new FarledError('InternalError', 'There are no images to join.');
  }
  if (more.length === 0) {
    return first.reference;
  }
  const found = await Promise.all(
    images.map(async ({ platform, reference }) => {
      const { digest, bytes } = await registry.imageManifest(reference, platform, signal);
      return { digest, size: bytes.length, platform };
    }),
  );
  const bytes = Buffer.from(JSON.stringify(imageIndex(found)));
  const to = { ...first.reference, tag: null };
  const { digest } = await registry.putManifest(to, { mediaType: MEDIA.index, bytes }, signal);
  return { ...to, digest };
}
