/** What registries keep beside blobs: manifests, indexes, configurations, in the forms of OCI and of Docker. */
import { FarledError } from '@farled/contract';
import { z } from 'zod';

import { Digest } from './digest.ts';

export const MEDIA = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  empty: 'application/vnd.oci.empty.v1+json',
} as const;

const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const DOCKER_INDEX = 'application/vnd.docker.distribution.manifest.list.v2+json';

export const MANIFEST_ACCEPT = [MEDIA.manifest, MEDIA.index, DOCKER_MANIFEST, DOCKER_INDEX].join(', ');

/** The only operating system that images are made for. */
export interface Platform {
  readonly os: 'linux';
  readonly architecture: 'amd64' | 'arm64';
}

const PlatformOfImage = z.object({
  architecture: z.string(),
  os: z.string(),
  variant: z.string().optional(),
});

export const Descriptor = z.object({
  mediaType: z.string(),
  digest: Digest,
  size: z.int().min(0),
  platform: PlatformOfImage.loose().optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  artifactType: z.string().optional(),
});
export type Descriptor = z.infer<typeof Descriptor>;

export const ImageManifest = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  artifactType: z.string().optional(),
  config: Descriptor,
  layers: z.array(Descriptor),
  subject: Descriptor.optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
export type ImageManifest = z.infer<typeof ImageManifest>;

export const ImageIndex = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  manifests: z.array(Descriptor),
  annotations: z.record(z.string(), z.string()).optional(),
});
export type ImageIndex = z.infer<typeof ImageIndex>;

const Strings = z.record(z.string(), z.string());
const Marks = z.record(z.string(), z.looseObject({}));

/** Of the settings for running, those that are known here; the others are kept as they are. */
export const ImageConfig = z.looseObject({
  architecture: z.string(),
  os: z.string(),
  variant: z.string().optional(),
  config: z
    .looseObject({
      User: z.string().nullish(),
      ExposedPorts: Marks.nullish(),
      Env: z.array(z.string()).nullish(),
      Entrypoint: z.array(z.string()).nullish(),
      Cmd: z.array(z.string()).nullish(),
      WorkingDir: z.string().nullish(),
      Labels: Strings.nullish(),
    })
    .nullish(),
  rootfs: z.looseObject({ type: z.string(), diff_ids: z.array(Digest) }),
  history: z.array(z.looseObject({ empty_layer: z.boolean().optional() })).nullish(),
});
export type ImageConfig = z.infer<typeof ImageConfig>;

/** Bytes of a manifest or an index, and what they say. */
export interface FoundManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly document:
    | { readonly kind: 'image'; readonly manifest: ImageManifest }
    | { readonly kind: 'index'; readonly index: ImageIndex };
}

/** @throws FarledError RegistryUnavailable when it is neither a manifest nor an index. */
export function readManifest(bytes: Uint8Array, name: string): FoundManifest['document'] {
  const value = readJson(bytes, name);
  const index = ImageIndex.safeParse(value);
  if (index.success) {
    return { kind: 'index', index: index.data };
  }
  return { kind: 'image', manifest: parse(ImageManifest, value, `${name}, a manifest,`) };
}

export function readImageConfig(bytes: Uint8Array, name: string): ImageConfig {
  return parse(ImageConfig, readJson(bytes, name), `${name}, the configuration of an image,`);
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new FarledError('RegistryUnavailable', `${what} can't be used: ${faults.join('; ')}.`, {
      suggestion: 'Push the image again with a current tool: formats older than Docker’s schema 2 are not read.',
    });
  }
  return parsed.data;
}

function readJson(bytes: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch (cause) {
    throw new FarledError('RegistryUnavailable', `${name} is not JSON.`, { cause });
  }
}

/** The manifest for a platform; of several, the first, as other tools choose. */
export function choosePlatform({ manifests }: ImageIndex, wanted: Platform, name: string): Descriptor {
  const found = manifests.find(
    ({ platform }) =>
      platform?.os === wanted.os &&
      platform.architecture === wanted.architecture &&
      (wanted.architecture !== 'arm64' || platform.variant === undefined || platform.variant === 'v8'),
  );
  if (found === undefined) {
    const there = manifests.flatMap(({ platform }) => (platform === undefined ? [] : [formatPlatform(platform)]));
    throw new FarledError(
      'ImageNotFound',
      `${name} has no image for ${formatPlatform(wanted)}; it has ${there.join(', ') || 'none for any platform'}.`,
      { suggestion: 'Choose a base image that is made for the platform of the cluster’s nodes.' },
    );
  }
  return found;
}

export function formatPlatform(platform: z.infer<typeof PlatformOfImage>): string {
  return [platform.os, platform.architecture, platform.variant].filter((part) => part !== undefined).join('/');
}
