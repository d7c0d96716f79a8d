/** The files of what was uploaded for a service: of an archive what is in it, else itself. */
import type { FileEntry } from '@farled/contract';
import type { ArtifactStore } from '@farled/state';

import type { UploadedFile } from '../artifacts/staged-file.ts';
import { unpackSource } from './unpack-source.ts';

export interface SourceFiles {
  /** @throws FarledError BadArgument, PayloadTooLarge. */
  unpack(file: UploadedFile, signal: AbortSignal): Promise<readonly FileEntry[]>;
}

/** A client has its request checked before it sends it: what was unpacked then is not unpacked again. */
const REMEMBERED = 32;

export function sourceFiles(artifacts: ArtifactStore): SourceFiles {
  const known = new Map<string, readonly FileEntry[]>();
  return {
    unpack: async ({ path, sha256 }, signal) => {
      const before = known.get(sha256);
      if (before !== undefined && (await areThere(artifacts, before))) {
        return before;
      }
      const files = await unpackSource(path, await artifacts.open(sha256), artifacts, signal);
      known.delete(sha256);
      known.set(sha256, files);
      const oldest = [...known.keys()].slice(0, -REMEMBERED);
      oldest.forEach((key) => known.delete(key));
      return files;
    },
  };
}

async function areThere(artifacts: ArtifactStore, files: readonly FileEntry[]): Promise<boolean> {
  for (const { sha256 } of files) {
    if (!(await artifacts.has(sha256))) {
      return false;
    }
  }
  return true;
}
