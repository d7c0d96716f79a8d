/** Packed layers on disk: what they are is kept for good, their bytes as long as there is room. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

import { FarledError } from '@farled/contract';
import { type Clock, readJsonFile, writeFileAtomically } from '@farled/service';
import { z } from 'zod';

import { Digest } from '../registry/digest.ts';
import { SharedTasks } from '../shared-task.ts';
import { type Compression, compressionVersion, LAYER_MEDIA_TYPES } from './compression.ts';
import type { LayerEntry, LayerSource } from './layer.ts';
import { orderEntries } from './order.ts';
import { expectedBytes, pack } from './packer.ts';

export interface PackedLayer {
  readonly digest: string;
  readonly diffId: string;
  readonly size: number;
  readonly mediaType: string;
}

/** Bytes that stay readable until closed, whatever the cache forgets meanwhile. */
interface LayerBytes {
  readonly read: (start: number) => AsyncIterable<Uint8Array>;
  readonly close: () => Promise<void>;
}

export interface LayerCache {
  /** What the layer is, if one of that key was made here before. */
  recall(source: LayerSource, compression: Compression): Promise<PackedLayer | undefined>;
  /** What the layer is; made only when no layer of that key was ever made here. */
  describe(source: LayerSource, compression: Compression, signal: AbortSignal): Promise<PackedLayer>;
  /** Its bytes; made again when they had to give way. */
  open(source: LayerSource, compression: Compression, signal: AbortSignal): Promise<LayerBytes>;
}

export interface LayerCacheParts {
  /** Made when it is missing; for this cache alone. */
  readonly folder: string;
  readonly clock: Clock;
  readonly maximumBytes?: number;
}

const Packed = z.object({ digest: Digest, diffId: Digest, size: z.int().min(0), mediaType: z.string() });

const DEFAULT_MAXIMUM_BYTES = 4 * 1024 ** 3;
/** Part of every record's name: raised when the same key would be packed to other bytes. */
const FORMAT = 1;
const READ_BYTES = 1024 * 1024;
/** A file that was begun this long ago has no writer any more. */
const ABANDONED_MS = 24 * 60 * 60 * 1000;

export function createLayerCache({ folder, clock, maximumBytes = DEFAULT_MAXIMUM_BYTES }: LayerCacheParts): LayerCache {
  const records = join(folder, 'layers');
  const blobs = join(folder, 'blobs');
  const building = new SharedTasks<PackedLayer>();
  const blobPath = (digest: string): string => join(blobs, digest.replace(':', '-'));
  const recordPath = (source: LayerSource, compression: Compression): string => {
    const name = createHash('sha256').update(JSON.stringify([FORMAT, compressionVersion(compression), source.key]));
    return join(records, `${name.digest('hex')}.json`);
  };

  const recall = async (path: string): Promise<PackedLayer | undefined> => {
    const parsed = Packed.safeParse(await readJsonFile(path));
    return parsed.success ? parsed.data : undefined;
  };

  const make = async (source: LayerSource, compression: Compression, signal: AbortSignal): Promise<PackedLayer> => {
    await mkdir(records, { recursive: true, mode: 0o700 });
    await mkdir(blobs, { recursive: true, mode: 0o700 });
    const unordered: LayerEntry[] = [];
    for await (const entry of source.entries(signal)) {
      unordered.push(entry);
    }
    const entries = orderEntries(unordered);
    const output = join(blobs, `.${randomUUID()}.tmp`);
    try {
      const packed = await pack({ entries, compression, bytes: expectedBytes(entries), output }, signal);
      const layer = { ...packed, mediaType: LAYER_MEDIA_TYPES[compression] };
      await rename(output, blobPath(packed.digest));
      const path = recordPath(source, compression);
      const before = await recall(path);
      if (before !== undefined && before.digest !== layer.digest) {
        throw new FarledError(
          'ImageBuildFailed',
          `The layer ${source.name} was packed twice under one key and came out different: ${before.digest}, then ${layer.digest}.`,
          { suggestion: 'Something changed the files that the layer is made of. Build from unchanged files.' },
        );
      }
      await writeFileAtomically(path, JSON.stringify(layer));
      await makeRoom(blobs, maximumBytes, clock, blobPath(packed.digest));
      return layer;
    } finally {
      await rm(output, { force: true });
    }
  };
  const makeShared = (source: LayerSource, compression: Compression, signal: AbortSignal): Promise<PackedLayer> =>
    building.run(recordPath(source, compression), signal, (shared) => make(source, compression, shared));

  return {
    recall: (source, compression) => recall(recordPath(source, compression)),
    describe: async (source, compression, signal) =>
      (await recall(recordPath(source, compression))) ?? makeShared(source, compression, signal),
    open: async (source, compression, signal) => {
      const known = await recall(recordPath(source, compression));
      const there = known === undefined ? undefined : await openBytes(blobPath(known.digest), known.size, clock);
      if (there !== undefined) {
        return there;
      }
      const made = await makeShared(source, compression, signal);
      const bytes = await openBytes(blobPath(made.digest), made.size, clock);
      if (bytes === undefined) {
        throw new FarledError('ImageBuildFailed', `The layer ${source.name} was removed as soon as it was made.`, {
          suggestion: `Give ${folder} to one Farled alone, and more room than the largest layer needs.`,
        });
      }
      return bytes;
    },
  };
}

/** Undefined when it is not there, or not whole. */
async function openBytes(path: string, size: number, clock: Clock): Promise<LayerBytes | undefined> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  });
  if (file === undefined) {
    return undefined;
  }
  if ((await file.stat()).size !== size) {
    await file.close();
    return undefined;
  }
  const now = new Date(clock.now());
  await utimes(path, now, now).catch(() => {});
  return {
    close: () => file.close(),
    read: async function* read(start) {
      for (let at = start; ;) {
        const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
        const { bytesRead } = await file.read(buffer, 0, READ_BYTES, at);
        if (bytesRead === 0) {
          return;
        }
        yield buffer.subarray(0, bytesRead);
        at += bytesRead;
      }
    },
  };
}

/** Removes what was used longest ago, until the rest fits; never the one that was just made. */
async function makeRoom(folder: string, maximumBytes: number, clock: Clock, keep: string): Promise<void> {
  const files: { readonly path: string; readonly size: number; readonly usedAt: number }[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) {
      continue;
    }
    if (!name.startsWith('.')) {
      files.push({ path, size: found.size, usedAt: found.mtimeMs });
    } else if (clock.now() - found.mtimeMs > ABANDONED_MS) {
      await rm(path, { force: true });
    }
  }
  let total = files.reduce((sum, { size }) => sum + size, 0);
  for (const { path, size } of files.toSorted((a, b) => a.usedAt - b.usedAt)) {
    if (total <= maximumBytes) {
      return;
    }
    if (path !== keep) {
      await rm(path, { force: true });
      total -= size;
    }
  }
}
