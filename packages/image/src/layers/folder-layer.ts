/** A layer of what is in a folder. */
import { lstatSync } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import { join, posix, relative, sep } from 'node:path';

import { FarledError } from '@farled/contract';

import type { LayerEntry, LayerSource } from './layer.ts';

export interface FolderLayer {
  readonly name: string;
  /** The digest of what is in the folder, or of what decides it. */
  readonly key: string;
  readonly folder: string;
  /** Where the folder lies in the image. */
  readonly at: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Whether to take a path, relative to the folder; of a folder that is left out, nothing is taken. */
  readonly filter?: (path: string) => boolean;
}

/** Rights are reduced to what matters in an image: whether a file can be executed. */
export function folderLayer({ name, key, folder, at, uid = 0, gid = 0, filter }: FolderLayer): LayerSource {
  return {
    name,
    key: JSON.stringify(['folder', key, at, uid, gid]),
    entries: (signal) => walk(folder, '', signal),
  };

  async function* walk(path: string, inside: string, signal: AbortSignal): AsyncGenerator<LayerEntry> {
    signal.throwIfAborted();
    yield { kind: 'directory', path: posix.join(at, inside), mode: 0o755, uid, gid };
    const found = await readdir(path, { withFileTypes: true });
    const kept = found.filter((entry) => filter?.(posix.join(inside, entry.name)) ?? true);
    for (const entry of kept.filter((one) => !one.isDirectory())) {
      const file = join(path, entry.name);
      const own = { path: posix.join(at, inside, entry.name), uid, gid };
      if (entry.isSymbolicLink()) {
        yield { kind: 'symlink', ...own, target: await insideTarget(file, path) };
      } else if (entry.isFile()) {
        // Asking the system takes microseconds, handing the question to another thread many times that.
        const status = lstatSync(file);
        const mode = (status.mode & 0o111) === 0 ? 0o644 : 0o755;
        yield { kind: 'file', ...own, source: { file }, size: status.size, mode };
      } else {
        throw new FarledError(
          'ImageBuildFailed',
          `${file} is neither a file, a folder nor a link, and can't be in an image.`,
          { suggestion: 'Remove it from the folder.' },
        );
      }
    }
    for (const entry of kept) {
      if (entry.isDirectory()) {
        yield* walk(join(path, entry.name), posix.join(inside, entry.name), signal);
      }
    }
  }

  /** Links lead on in the image as they do here, if they stay inside of the folder. */
  async function insideTarget(link: string, parent: string): Promise<string> {
    const target = await readlink(link);
    const absolute = join(target.startsWith(sep) ? '' : parent, target);
    const fromFolder = relative(folder, absolute);
    if (fromFolder === '..' || fromFolder.startsWith(`..${sep}`)) {
      throw new FarledError('ImageBuildFailed', `The link ${link} leads out of its folder, to ${target}.`, {
        suggestion: 'Put the file itself in its place.',
      });
    }
    return target.startsWith(sep) ? posix.join('/', at, fromFolder) : target;
  }
}
