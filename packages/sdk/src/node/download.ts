/** A model's files onto the disk, each checked by its digest before it gets its name. */
import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdir, open, rename, rm, lstat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { FarledError, routes, type FileEntry, type WorkspacePath } from '@farled/contract';

import type { Client } from '../client.ts';
import { forEachAtOnce } from './at-once.ts';
import { fileError } from './read-file.ts';

export interface DownloadOptions {
  readonly targetDirectory: string;
  /** Replace files that exist. */
  readonly overwrite: boolean;
  readonly signal?: AbortSignal | undefined;
}

const AT_ONCE = 4;

/** Writes every file below the target folder; refuses before the first byte when one exists and may not be replaced. */
export async function downloadFiles(
  client: Client,
  workspace: WorkspacePath,
  files: readonly FileEntry[],
  { targetDirectory, overwrite, signal }: DownloadOptions,
): Promise<void> {
  const root = resolve(targetDirectory);
  for (const file of files) {
    await refuseInTheWay(root, file.path, overwrite);
  }
  await forEachAtOnce(AT_ONCE, files, async (file) => {
    const path = join(root, file.path);
    const bytes = await client.call(routes.artifacts.download, {
      params: { ...workspace, sha256: file.sha256 },
      signal,
    });
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeChecked(path, bytes, file);
    } catch (error) {
      throw fileError(error, 'The file', path);
    }
  });
}

async function writeChecked(path: string, bytes: AsyncIterable<Uint8Array>, entry: FileEntry): Promise<void> {
  const temporary = join(dirname(path), `.${randomUUID()}.part`);
  try {
    const hash = createHash('sha256');
    const file = await open(temporary, 'wx', 0o644);
    try {
      for await (const chunk of bytes) {
        hash.update(chunk);
        await file.writeFile(chunk);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    const sha256 = hash.digest('hex');
    if (sha256 !== entry.sha256) {
      throw new FarledError(
        'ArtifactDigestMismatch',
        `The bytes received for "${entry.path}" have the SHA-256 ${sha256}, not ${entry.sha256}.`,
        { suggestion: 'Download again.' },
      );
    }
    if (entry.executable === true) {
      await chmod(temporary, 0o755);
    }
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** A symbolic link on the way would lead out of the target folder. */
async function refuseInTheWay(root: string, path: string, overwrite: boolean): Promise<void> {
  const parts = path.split('/');
  for (let count = 1; count <= parts.length; count += 1) {
    const at = join(root, ...parts.slice(0, count));
    const found = await lstat(at).catch(() => undefined);
    if (found?.isSymbolicLink() === true) {
      throw new FarledError('BadArgument', `"${at}" is a symbolic link; nothing is written through it.`, {
        suggestion: 'Choose another target directory.',
      });
    }
    if (count === parts.length && found !== undefined && (!overwrite || !found.isFile())) {
      throw new FarledError('BadArgument', `"${at}" exists already.`, {
        suggestion: 'Choose another target directory, or ask for overwriting.',
      });
    }
  }
}
