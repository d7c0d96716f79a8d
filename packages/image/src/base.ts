/** What a base image brings: its settings, its Python interpreters, its C library. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { readJsonFile, writeFileAtomically } from '@farled/service';
import { z } from 'zod';

import { findInBase, type LayerListing, mergeListings } from './base-content.ts';
import { readListing } from './layer-listing.ts';
import { mapParallel } from './parallel.ts';
import { Digest } from './registry/digest.ts';
import { ImageConfig, type Platform, readImageConfig } from './registry/documents.ts';
import { formatReference, type Reference } from './registry/reference.ts';
import type { Registry } from './registry/registry.ts';

const Interpreter = z.object({ path: z.string(), version: z.tuple([z.int(), z.int()]) });

const BaseFacts = z.object({
  /** Of the manifest for the platform. */
  digest: Digest,
  config: ImageConfig,
  /** Newest first; of one version, the ones in the system's folders first. */
  interpreters: z.array(Interpreter),
  /** As in `2.31`; absent when there is none, as in Alpine. */
  glibc: z.string().optional(),
});
export type BaseFacts = z.infer<typeof BaseFacts>;

export interface BaseParts {
  readonly registry: Registry;
  /** Keeps what was found, by the digest of the image. */
  readonly folder: string;
}

/** Raised when more is looked for: what was found before is then looked for again. */
const FORMAT = 1;
const AT_ONCE = 3;
const MAXIMUM_CONFIG_BYTES = 8 * 1024 * 1024;

/** Reads through every layer the first time, and asks the registry for nothing but the digest after that. */
export async function inspectBase(
  { registry, folder }: BaseParts,
  reference: Reference,
  platform: Platform,
  signal: AbortSignal,
): Promise<BaseFacts> {
  const { digest, document } = await registry.imageManifest(reference, platform, signal);
  const kept = join(folder, `${digest.replace(':', '-')}.${FORMAT}.json`);
  const known = BaseFacts.safeParse(await readJsonFile(kept));
  if (known.success) {
    return known.data;
  }
  const { manifest } = document;
  const bytes = await registry.readBlobBytes(reference, manifest.config, MAXIMUM_CONFIG_BYTES, signal);
  const config = readImageConfig(bytes, formatReference(reference));
  const listings = await mapParallel(manifest.layers, AT_ONCE, signal, (layer, stop): Promise<LayerListing> =>
    readListing(registry.readBlob(reference, layer, stop), layer.mediaType, stop),
  );
  const facts: BaseFacts = { digest, config, ...findInBase(mergeListings(listings)) };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFileAtomically(kept, JSON.stringify(facts));
  return facts;
}
