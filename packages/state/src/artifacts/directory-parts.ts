/** Parts in a folder: `parts/<upload>/<digest of the part's name>`. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

import { FarledError } from '@farled/contract';
import type { Clock } from '@farled/service';

import { type ArtifactParts, PART_LIMITS, type PartLimits } from './parts.ts';
import { digestMismatch, isMissing, write } from './write-file.ts';

/** Read at a time when a file is put together. */
const CHUNK = 256 * 1024;

export interface DirectoryPartsOptions {
  /** Where parts are written before they are whole; of the same file system. */
  readonly incoming: string;
  readonly clock: Clock;
  readonly limits?: PartLimits;
}

export async function openDirectoryParts(
  folder: string,
  { incoming, clock, limits = PART_LIMITS }: DirectoryPartsOptions,
): Promise<ArtifactParts> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  /** Bytes of each part of the uploads that are under way, so that none of them is counted on disk again and again. */
  const sizes = new Map<string, Map<string, number>>();
  const folderOf = (upload: string): string => join(folder, upload);
  const known = async (upload: string): Promise<Map<string, number>> =>
    sizes.get(upload) ?? (await sizesIn(folderOf(upload)));

  return {
    put: async (upload, part, bytes, sha256) => {
      const found = await known(upload);
      // Another request may have begun with it meanwhile.
      const parts = sizes.get(upload) ?? found;
      sizes.set(upload, parts);
      const file = fileOf(part);
      const others = [...parts].reduce((sum, [name, size]) => (name === file ? sum : sum + size), 0);
      if (!parts.has(file) && parts.size >= limits.parts) {
        throw tooLarge(`It has ${limits.parts} blocks already, which is as many as a file may have.`);
      }
      const temporary = join(incoming, randomUUID());
      try {
        const most = Math.min(limits.partBytes, limits.totalBytes - others);
        const received = await write(temporary, atMost(bytes, most));
        if (sha256 !== undefined && received.sha256 !== sha256) {
          throw digestMismatch(received, sha256);
        }
        await mkdir(folderOf(upload), { recursive: true, mode: 0o700 });
        await rename(temporary, join(folderOf(upload), file));
        const now = new Date(clock.now());
        await utimes(folderOf(upload), now, now);
        parts.set(file, received.size);
      } finally {
        await rm(temporary, { force: true });
      }
    },
    has: async (upload) => (await known(upload)).size > 0,
    join: async (upload, names) => {
      const parts = await known(upload);
      const files = names.map(fileOf);
      const missing = names.find((_name, index) => !parts.has(files[index] ?? ''));
      if (missing !== undefined) {
        throw new FarledError(
          'BadArgument',
          `There is no block "${missing.slice(0, 100)}" to put the file together of.`,
        );
      }
      if (new Set(files).size < files.length) {
        throw new FarledError('BadArgument', 'The list names a block twice.');
      }
      return readAll(files.map((file) => join(folderOf(upload), file)));
    },
    discard: async (upload) => {
      sizes.delete(upload);
      await rm(folderOf(upload), { recursive: true, force: true });
    },
    sweep: async (olderThanMs) => {
      let removed = 0;
      for (const upload of await readdir(folder)) {
        if (clock.now() - (await stat(folderOf(upload))).mtimeMs > olderThanMs) {
          sizes.delete(upload);
          await rm(folderOf(upload), { recursive: true, force: true });
          removed += 1;
        }
      }
      return removed;
    },
  };
}

/** Names of parts are their sender's, and no names of files. */
function fileOf(part: string): string {
  return createHash('sha256').update(part).digest('hex');
}

async function sizesIn(folder: string): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  const names = await readdir(folder).catch((error: unknown) =>
    isMissing(error) ? [] : Promise.reject(error as Error),
  );
  for (const name of names) {
    found.set(name, (await stat(join(folder, name))).size);
  }
  return found;
}

async function* readAll(paths: readonly string[]): AsyncIterable<Uint8Array> {
  for (const path of paths) {
    yield* createReadStream(path, { highWaterMark: CHUNK }) as AsyncIterable<Uint8Array>;
  }
}

async function* atMost(bytes: AsyncIterable<Uint8Array>, most: number): AsyncIterable<Uint8Array> {
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > most) {
      throw tooLarge(`It is larger than the ${most} bytes that it may have.`);
    }
    yield chunk;
  }
}

function tooLarge(message: string): FarledError {
  return new FarledError('PayloadTooLarge', `The block can not be kept. ${message}`);
}
