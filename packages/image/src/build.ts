/** Builds an image in a registry: a base, layers upon it, settings; sends only what the registry doesn't have. */
import { type Base, imageIndex, type LaidLayer, type RunSettings } from './image-config.ts';
import { type DescribedImage, describeImage, loadBase, withNames } from './image-description.ts';
import type { LayerCache, PackedLayer } from './layers/cache.ts';
import type { Compression } from './layers/compression.ts';
import type { LayerSource } from './layers/layer.ts';
import { mapParallel } from './parallel.ts';
import { digestOfBytes } from './registry/digest.ts';
import { formatPlatform, MEDIA, type Platform } from './registry/documents.ts';
import { RegistryRefusal } from './registry/failure.ts';
import { formatReference, type Reference, type Repository } from './registry/reference.ts';
import type { Registry } from './registry/registry.ts';
import type { Upload } from './registry/upload.ts';

export interface BuildRequest {
  readonly registry: Registry;
  readonly cache: LayerCache;
  /** Null: nothing below the layers. */
  readonly base: Reference | null;
  readonly target: Repository;
  /** A name for people; the image is known by its digest. */
  readonly tag?: string;
  /** Several make an index. */
  readonly platforms: readonly Platform[];
  readonly layers: (platform: Platform) => readonly LayerSource[] | Promise<readonly LayerSource[]>;
  readonly config: RunSettings;
  /** Default zstd; a registry that refuses it gets gzip. */
  readonly compression?: Compression;
  /** Told of what is done, for people. */
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface BuiltImage {
  /** host/repository@sha256:… */
  readonly reference: string;
  readonly digest: string;
  /** What a node without anything of it has to fetch, of all platforms together. */
  readonly size: number;
  readonly pushedBytes: number;
  readonly layers: readonly (LaidLayer & { readonly platform: string })[];
}

const AT_ONCE = 4;

export async function buildImage(request: BuildRequest): Promise<BuiltImage> {
  const { compression = 'zstd', log } = request;
  try {
    return await buildWith(request, compression);
  } catch (error) {
    if (compression === 'gzip' || !refusesMediaType(error)) {
      throw error;
    }
    log(`${request.target.host} does not take layers that are compressed with zstd; compressing with gzip`);
    return buildWith(request, 'gzip');
  }
}

/** What registries say to a manifest with media types that they don't know. */
function refusesMediaType(error: unknown): boolean {
  return (
    error instanceof RegistryRefusal &&
    (error.status === 415 ||
      (error.status === 400 &&
        error.registryCodes.some((code) => ['MANIFEST_INVALID', 'UNSUPPORTED', 'MEDIA_TYPE_INVALID'].includes(code))))
  );
}

async function buildWith(request: BuildRequest, compression: Compression): Promise<BuiltImage> {
  const { registry, target, tag = null, platforms, signal, log } = request;
  const pushed = { bytes: 0 };
  const put = async (bytes: Buffer, mediaType: string, name: string | null): Promise<string> => {
    const { digest } = await registry.putManifest({ ...target, tag: name }, { mediaType, bytes }, signal);
    pushed.bytes += bytes.length;
    return digest;
  };
  const single = platforms.length === 1;
  const manifests = await mapParallel(platforms, AT_ONCE, signal, async (platform, stop) => {
    const manifest = await pushPlatform({ ...request, signal: stop }, platform, compression, pushed);
    const there = await registry.headManifest({ ...target, tag: null, digest: manifest.digest }, stop);
    if (there !== manifest.digest) {
      await put(manifest.bytes, MEDIA.manifest, single ? tag : null);
    }
    return manifest;
  });
  const index = Buffer.from(
    JSON.stringify(
      imageIndex(manifests.map(({ digest, bytes, platform }) => ({ digest, size: bytes.length, platform }))),
    ),
  );
  const top = single ? manifests[0] : undefined;
  const [bytes, mediaType] = top === undefined ? [index, MEDIA.index] : [top.bytes, MEDIA.manifest];
  const digest = digestOfBytes(bytes);
  const named = await registry.headManifest({ ...target, tag, digest: tag === null ? digest : null }, signal);
  if (named !== digest) {
    await put(bytes, mediaType, tag);
  }
  const reference = formatReference({ ...target, tag: null, digest });
  log(`Image ${reference} is in the registry; ${pushed.bytes} bytes were sent`);
  return {
    reference,
    digest,
    size: manifests.reduce((sum, { size }) => sum + size, 0),
    pushedBytes: pushed.bytes,
    layers: manifests.flatMap(({ platform, layers }) =>
      layers.map((layer) => ({ ...layer, platform: formatPlatform(platform) })),
    ),
  };
}

/** Makes one platform's manifest; when the registry doesn't have it, brings there what it names. */
async function pushPlatform(
  request: BuildRequest,
  platform: Platform,
  compression: Compression,
  pushed: { bytes: number },
): Promise<DescribedImage> {
  const { registry, cache, target, signal, log } = request;
  const [base, sources] = await Promise.all([
    loadBase(request.registry, request.base, platform, signal),
    request.layers(platform),
  ]);
  const known = await Promise.all(sources.map((source) => cache.recall(source, compression)));
  if (known.every((layer) => layer !== undefined)) {
    const manifest = describeImage(base, platform, withNames(sources, known), request.config);
    // Who has the manifest has all that it names: registries see to that when they take it.
    if ((await registry.headManifest({ ...target, tag: null, digest: manifest.digest }, signal)) !== null) {
      return manifest;
    }
  }
  const send = async (upload: Upload, name: string, stop: AbortSignal): Promise<void> => {
    const { how, sentBytes } = await registry.upload(target, upload, stop);
    pushed.bytes += sentBytes;
    if (how !== 'there') {
      log(`Layer ${name} (${upload.size} bytes) ${how === 'mounted' ? 'was in the registry already' : 'sent'}`);
    }
  };
  const layers: PackedLayer[] = [];
  /** Sends a layer as soon as it is made, while others are still made. */
  const bringOwn = async (source: LayerSource, index: number, stop: AbortSignal): Promise<void> => {
    const layer = await cache.describe(source, compression, stop);
    layers[index] = layer;
    if (await registry.hasBlob(target, layer.digest, stop)) {
      return;
    }
    const { digest, size } = layer;
    const content = await cache.open(source, compression, stop);
    try {
      await send({ digest, size, read: content.read, known: 'missing' }, source.name, stop);
    } finally {
      await content.close();
    }
  };
  const works = [
    ...sources.map((source, index) => (stop: AbortSignal) => bringOwn(source, index, stop)),
    ...baseUploads(request, base).map((upload) => (stop: AbortSignal) => send(upload(stop), 'of the base', stop)),
  ];
  await mapParallel(works, AT_ONCE, signal, (work, stop) => work(stop));
  const manifest = describeImage(base, platform, withNames(sources, layers), request.config);
  const { config } = manifest;
  const configName = { digest: digestOfBytes(config), size: config.length };
  await send({ ...configName, read: (start) => once(config.subarray(start)) }, 'with the configuration', signal);
  return manifest;
}

/** The same layer twice in a base is one blob. */
function baseUploads(
  { base: from, target, registry }: BuildRequest,
  base: Base | null,
): ((stop: AbortSignal) => Upload)[] {
  if (from === null || base === null) {
    return [];
  }
  const unique = new Map(base.manifest.layers.map((layer) => [layer.digest, layer]));
  const neighbour = from.host === target.host && from.repository !== target.repository;
  return [...unique.values()].map(({ digest, size }) => (stop) => ({
    digest,
    size,
    read: (start) => registry.readBlobFrom(from, { digest, size }, start, stop),
    ...(neighbour ? { mountFrom: from.repository } : {}),
  }));
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
