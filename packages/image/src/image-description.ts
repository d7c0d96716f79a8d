/** One platform's image before anything of it is sent: its manifest and its configuration, as bytes. */
import { type Base, imageConfig, imageManifest, type LaidLayer, type RunSettings } from './image-config.ts';
import type { PackedLayer } from './layers/cache.ts';
import type { LayerSource } from './layers/layer.ts';
import { digestOfBytes } from './registry/digest.ts';
import { type ImageManifest, type Platform, readImageConfig } from './registry/documents.ts';
import { formatReference, type Reference } from './registry/reference.ts';
import type { Registry } from './registry/registry.ts';

export interface DescribedImage {
  readonly platform: Platform;
  readonly document: ImageManifest;
  /** The document as it is sent. */
  readonly bytes: Buffer;
  readonly config: Buffer;
  readonly digest: string;
  /** Of all that it names, and itself. */
  readonly size: number;
  readonly layers: readonly LaidLayer[];
}

const MAXIMUM_CONFIG_BYTES = 8 * 1024 * 1024;

/** Layers with the names of what they were made from. */
export function withNames(sources: readonly LayerSource[], packed: readonly PackedLayer[]): LaidLayer[] {
  return packed.map((layer, index) => ({ name: sources[index]?.name ?? '', ...layer }));
}

export function describeImage(
  base: Base | null,
  platform: Platform,
  layers: readonly LaidLayer[],
  settings: RunSettings,
): DescribedImage {
  const config = Buffer.from(JSON.stringify(imageConfig(base, platform, layers, settings)));
  const document = imageManifest(base, { digest: digestOfBytes(config), size: config.length }, layers);
  const bytes = Buffer.from(JSON.stringify(document));
  const size = document.layers.reduce((sum, layer) => sum + layer.size, bytes.length + config.length);
  return { platform, document, bytes, config, digest: digestOfBytes(bytes), size, layers };
}

export async function loadBase(
  registry: Registry,
  base: Reference | null,
  platform: Platform,
  signal: AbortSignal,
): Promise<Base | null> {
  if (base === null) {
    return null;
  }
  const { document } = await registry.imageManifest(base, platform, signal);
  const { config } = document.manifest;
  const bytes = await registry.readBlobBytes(base, config, MAXIMUM_CONFIG_BYTES, signal);
  return { manifest: document.manifest, config: readImageConfig(bytes, formatReference(base)) };
}
