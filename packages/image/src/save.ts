/** Writes an image to one file, which `docker load`, podman and skopeo read: no registry is needed to hand it on. */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { BuildRequest } from './build.ts';
import { describeImage, loadBase, withNames } from './image-description.ts';
import { TAR_END, tarHeader, tarPadding } from './layers/tar-header.ts';
import { mapParallel } from './parallel.ts';
import { MEDIA, type Platform } from './registry/documents.ts';

export interface SaveRequest extends Pick<
  BuildRequest,
  'registry' | 'cache' | 'base' | 'layers' | 'config' | 'compression' | 'signal'
> {
  readonly platform: Platform;
  /** What it is called once it is loaded: `name:tag`. */
  readonly name: string;
  /** Replaced when it is there; whole or not at all. */
  readonly file: string;
}

const AT_ONCE = 2;

interface ArchiveEntry {
  readonly path: string;
  readonly size: number;
  readonly content: () => AsyncIterable<Uint8Array>;
}

/** Default gzip: Docker reads zstd only from version 23 on. */
export async function saveImage(request: SaveRequest): Promise<{ readonly digest: string; readonly size: number }> {
  const { registry, cache, base: from, platform, compression = 'gzip', signal } = request;
  const [base, sources] = await Promise.all([loadBase(registry, from, platform, signal), request.layers(platform)]);
  const packed = await mapParallel(sources, AT_ONCE, signal, (source, stop) =>
    cache.describe(source, compression, stop),
  );
  const image = describeImage(base, platform, withNames(sources, packed), request.config);
  const own = new Map(packed.map(({ digest }, index) => [digest, sources[index]]));
  const blobs = new Map(image.document.layers.map((layer) => [layer.digest, layer]));
  const readLayer = async function* readLayer(digest: string, size: number): AsyncGenerator<Uint8Array> {
    const source = own.get(digest);
    if (source !== undefined) {
      const bytes = await cache.open(source, compression, signal);
      try {
        yield* bytes.read(0);
      } finally {
        await bytes.close();
      }
    } else if (from !== null) {
      yield* registry.readBlob(from, { digest, size }, signal);
    }
  };
  const entries: ArchiveEntry[] = [
    ...[...blobs.values()].map(({ digest, size }) => ({
      path: blobPath(digest),
      size,
      content: () => readLayer(digest, size),
    })),
    whole(blobPath(image.document.config.digest), image.config),
    whole(blobPath(image.digest), image.bytes),
    ...catalogue(image, request.name).map(([path, document]) => whole(path, Buffer.from(JSON.stringify(document)))),
  ];
  await writeArchive(entries, request.file, signal);
  return { digest: image.digest, size: image.size };
}

/** How readers find their way: OCI's layout, and the file of older versions of Docker. */
function catalogue(
  { digest, bytes, document }: ReturnType<typeof describeImage>,
  name: string,
): [path: string, document: unknown][] {
  const annotations = { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name };
  return [
    ['oci-layout', { imageLayoutVersion: '1.0.0' }],
    [
      'index.json',
      {
        schemaVersion: 2,
        mediaType: MEDIA.index,
        manifests: [{ mediaType: MEDIA.manifest, digest, size: bytes.length, annotations }],
      },
    ],
    [
      'manifest.json',
      [
        {
          Config: blobPath(document.config.digest),
          RepoTags: [name],
          Layers: document.layers.map((layer) => blobPath(layer.digest)),
        },
      ],
    ],
  ];
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function whole(path: string, bytes: Uint8Array): ArchiveEntry {
  return {
    path,
    size: bytes.length,
    content: async function* content() {
      yield bytes;
    },
  };
}

async function writeArchive(entries: readonly ArchiveEntry[], file: string, signal: AbortSignal): Promise<void> {
  const temporary = join(dirname(file), `.${randomUUID()}.tmp`);
  try {
    const output = createWriteStream(temporary, { flags: 'wx', mode: 0o600, flush: true });
    await pipeline(Readable.from(archive(entries), { objectMode: false }), output, { signal });
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function* archive(entries: readonly ArchiveEntry[]): AsyncGenerator<Uint8Array> {
  const owned = { mode: 0o644, uid: 0, gid: 0, target: '' };
  for (const path of ['blobs', 'blobs/sha256']) {
    yield tarHeader({ ...owned, kind: 'directory', path, size: 0, mode: 0o755 });
  }
  for (const { path, size, content } of entries) {
    yield tarHeader({ ...owned, kind: 'file', path, size });
    yield* content();
    yield tarPadding(size);
  }
  yield TAR_END;
}
