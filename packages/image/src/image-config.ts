/** The configuration and the manifest of an image: pure functions of the base and of what is laid upon it. */
import { FarledError } from '@farled/contract';

import {
  type Descriptor,
  formatPlatform,
  type ImageConfig,
  type ImageManifest,
  MEDIA,
  type Platform,
} from './registry/documents.ts';

/** What to run; fields that are not given are the base's. */
export interface RunSettings {
  /** Laid over the base's variables. */
  readonly env?: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly workingDir?: string;
  /** `uid`, `uid:gid`, or a name that the base knows. */
  readonly user?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** `8080/tcp` */
  readonly exposedPorts?: readonly string[];
}

export interface Base {
  readonly manifest: ImageManifest;
  readonly config: ImageConfig;
}

export interface LaidLayer {
  readonly name: string;
  readonly digest: string;
  readonly diffId: string;
  readonly size: number;
  readonly mediaType: string;
}

/** Every image is from the same moment, or it would differ from one day to the next. */
const CREATED = '1970-01-01T00:00:00Z';

export function imageConfig(
  base: Base | null,
  platform: Platform,
  layers: readonly LaidLayer[],
  settings: RunSettings,
): ImageConfig {
  const from = base?.config;
  if (from !== undefined && (from.os !== platform.os || from.architecture !== platform.architecture)) {
    throw new FarledError(
      'ImageNotFound',
      `The base image is for ${formatPlatform(from)}, and one for ${formatPlatform(platform)} is needed.`,
      { suggestion: 'Choose a base image that is made for the platform of the cluster’s nodes.' },
    );
  }
  const merged = {
    ...from?.config,
    ...given('Env', mergeEnv(from?.config?.Env ?? [], settings.env ?? {})),
    ...given('Entrypoint', settings.entrypoint),
    // A base's arguments are for the base's entry point.
    ...(settings.entrypoint === undefined ? {} : { Cmd: undefined }),
    ...given('Cmd', settings.cmd),
    ...given('WorkingDir', settings.workingDir),
    ...given('User', settings.user),
    ...given('Labels', sorted({ ...from?.config?.Labels, ...settings.labels })),
    ...given('ExposedPorts', ports(from?.config?.ExposedPorts, settings.exposedPorts)),
  };
  return {
    architecture: platform.architecture,
    os: platform.os,
    ...(from?.variant === undefined ? {} : { variant: from.variant }),
    created: CREATED,
    config: merged,
    rootfs: {
      type: 'layers',
      diff_ids: [...(from?.rootfs.diff_ids ?? []), ...layers.map(({ diffId }) => diffId)],
    },
    history: [...historyOf(from), ...layers.map(({ name }) => ({ created: CREATED, created_by: `farled: ${name}` }))],
  };
}

/** Layers of Docker's media types are the same bytes as OCI's, and are called by OCI's names. */
const LAYER_TYPES: Readonly<Record<string, string>> = {
  'application/vnd.docker.image.rootfs.diff.tar.gzip': 'application/vnd.oci.image.layer.v1.tar+gzip',
  'application/vnd.docker.image.rootfs.diff.tar.zstd': 'application/vnd.oci.image.layer.v1.tar+zstd',
  'application/vnd.docker.image.rootfs.diff.tar': 'application/vnd.oci.image.layer.v1.tar',
  'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip':
    'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
};

export function imageManifest(
  base: Base | null,
  config: { readonly digest: string; readonly size: number },
  layers: readonly LaidLayer[],
): ImageManifest {
  const baseLayers: Descriptor[] = (base?.manifest.layers ?? []).map(({ mediaType, digest, size, annotations }) => ({
    mediaType: LAYER_TYPES[mediaType] ?? mediaType,
    digest,
    size,
    ...(annotations === undefined ? {} : { annotations }),
  }));
  return {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    config: { mediaType: MEDIA.config, ...config },
    layers: [...baseLayers, ...layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size }))],
  };
}

export function imageIndex(
  images: readonly { readonly digest: string; readonly size: number; readonly platform: Platform }[],
): { readonly schemaVersion: 2; readonly mediaType: string; readonly manifests: readonly Descriptor[] } {
  return {
    schemaVersion: 2,
    mediaType: MEDIA.index,
    manifests: images.map(({ digest, size, platform }) => ({
      mediaType: MEDIA.manifest,
      digest,
      size,
      platform: { architecture: platform.architecture, os: platform.os },
    })),
  };
}

/** One entry for each layer; a base without a history, or with one that doesn't add up, gets a plain one. */
function historyOf(base: ImageConfig | undefined): NonNullable<ImageConfig['history']> {
  const layers = base?.rootfs.diff_ids.length ?? 0;
  const known = base?.history ?? [];
  return known.filter(({ empty_layer: empty }) => empty !== true).length === layers
    ? [...known]
    : Array.from({ length: layers }, () => ({ created: CREATED, created_by: 'base image' }));
}

function mergeEnv(base: readonly string[], own: Readonly<Record<string, string>>): string[] {
  const merged = new Map(
    base.map((variable) => {
      const at = variable.indexOf('=');
      return at === -1 ? [variable, ''] : [variable.slice(0, at), variable.slice(at + 1)];
    }),
  );
  for (const [name, value] of Object.entries(own).toSorted(byName)) {
    merged.set(name, value);
  }
  return [...merged].map(([name, value]) => `${name}=${value}`);
}

function ports(
  base: Readonly<Record<string, object>> | null | undefined,
  own: readonly string[] = [],
): Record<string, object> {
  return sorted({ ...base, ...Object.fromEntries(own.map((port) => [port, {}])) });
}

function sorted<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).toSorted(byName));
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A field, unless there is nothing to say. */
function given<Value>(name: string, value: Value | undefined): Record<string, Value> {
  const nothing =
    value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
  return nothing ? {} : { [name]: value };
}
