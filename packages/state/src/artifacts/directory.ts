/**
 * Artifacts in a folder: `sha256/ab/abcd…`, each file written beside first, synced, and moved to its place, so that
 * a file under a digest is always whole.
 */
import { randomUUID } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { FarledError } from '@farled/contract';
import type { Clock } from '@farled/service';

import type { ArtifactStore } from './artifact-store.ts';
import { openDirectoryParts } from './directory-parts.ts';
import { digestMismatch, isMissing, type Received, write } from './write-file.ts';

export async function openDirectoryArtifacts(
  folder: string,
  { clock }: { readonly clock: Clock },
): Promise<ArtifactStore> {
  const complete = join(folder, 'sha256');
  const incoming = join(folder, 'incoming');
  await mkdir(complete, { recursive: true, mode: 0o700 });
  // What an earlier run did not finish; its client sends it again.
  await rm(incoming, { recursive: true, force: true });
  await mkdir(incoming, { mode: 0o700 });

  const pathOf = (sha256: string): string => join(complete, sha256.slice(0, 2), sha256);

  const receive = async (bytes: AsyncIterable<Uint8Array>, check: (received: Received) => void): Promise<Received> => {
    const temporary = join(incoming, randomUUID());
    try {
      const received = await write(temporary, bytes);
      check(received);
      const now = new Date(clock.now());
      await utimes(temporary, now, now);
      const path = pathOf(received.sha256);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await rename(temporary, path);
      await syncFolder(dirname(path));
      return received;
    } finally {
      await rm(temporary, { force: true });
    }
  };

  return {
    parts: await openDirectoryParts(join(folder, 'parts'), { incoming, clock }),
    has: async (sha256) => {
      const now = new Date(clock.now());
      try {
        await utimes(pathOf(sha256), now, now);
        return true;
      } catch (error) {
        return isMissing(error) ? false : Promise.reject(error);
      }
    },
    size: async (sha256) => (await stat(pathOf(sha256)).catch(missing(sha256))).size,
    put: async (sha256, bytes) => {
      const { size } = await receive(bytes, (received) => {
        if (received.sha256 !== sha256) {
          throw digestMismatch(received, sha256);
        }
      });
      return size;
    },
    add: (bytes) => receive(bytes, () => {}),
    open: async (sha256, range) => {
      const file = await open(pathOf(sha256)).catch(missing(sha256));
      return createReadStream('', { fd: file, ...range });
    },
    copyTo: async (sha256, path, mode) => {
      await copyFile(pathOf(sha256), path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE).catch(
        (error: unknown) => (isMissing(error) ? missing(sha256)(error) : Promise.reject(error as Error)),
      );
      await chmod(path, mode);
    },
    sweep: async (inUse, olderThanMs) => {
      let removed = 0;
      for (const group of await readdir(complete)) {
        for (const sha256 of await readdir(join(complete, group))) {
          const path = join(complete, group, sha256);
          if (!inUse.has(sha256) && clock.now() - (await stat(path)).mtimeMs > olderThanMs) {
            await rm(path, { force: true });
            removed += 1;
          }
        }
      }
      return removed;
    },
  };
}

/** Without it a power cut may forget the move. */
async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder);
  await handle.sync();
}

function missing(sha256: string): (error: unknown) => never {
  return (error) => {
    if (!isMissing(error)) {
      throw error;
    }
    throw new FarledError('ArtifactNotFound', `There are no bytes with the SHA-256 ${sha256}.`, {
      suggestion: 'Upload the file first.',
      cause: error,
    });
  };
}
