/** The files of a folder that are to be uploaded: which, in what order, and which are refused. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';

import { FarledError } from '@farled/contract';

import { readIgnoreRules, type Ignores } from './ignore-rules.ts';
import { fileError } from './read-file.ts';

export interface LocalFile {
  /** Relative, with forward slashes. */
  readonly path: string;
  readonly absolutePath: string;
  readonly size: number;
  readonly executable: boolean;
}

/** The files of a model: the file itself, or all of a folder below the folder's own name. */
export async function listModelFiles(path: string): Promise<LocalFile[]> {
  const absolute = resolve(path);
  const found = await statOf(absolute, 'The model');
  if (found.isDirectory()) {
    const files = await walk(absolute, () => false);
    refuseEmpty(files, absolute);
    return files.map((file) => ({ ...file, path: `${basename(absolute)}/${file.path}` }));
  }
  return [localFile(basename(absolute), absolute, found)];
}

/** The files of a source folder, without what .amlignore or .gitignore leave out. */
export async function listSourceFiles(folder: string, notice: (text: string) => void): Promise<LocalFile[]> {
  const absolute = resolve(folder);
  if (!(await statOf(absolute, 'The source directory')).isDirectory()) {
    throw new FarledError('BadArgument', `The source directory "${absolute}" is not a folder.`);
  }
  const files = await walk(absolute, await readIgnoreRules(absolute, notice));
  refuseEmpty(files, absolute);
  return files;
}

/** One file as a source folder of its own. */
export async function sourceFile(path: string): Promise<LocalFile> {
  const absolute = resolve(path);
  return localFile(basename(absolute), absolute, await statOf(absolute, 'The entry script'));
}

async function walk(root: string, ignores: Ignores): Promise<LocalFile[]> {
  const realRoot = await realpath(root);
  const files: LocalFile[] = [];

  const visit = async (folder: string, ancestors: readonly string[]): Promise<void> => {
    for (const entry of await entriesOf(folder)) {
      const absolute = join(folder, entry.name);
      const path = relative(root, absolute).split(sep).join('/');
      if (ignores(entry.isDirectory() ? `${path}/` : path)) {
        continue;
      }
      if (entry.isSymbolicLink()) {
        const target = await targetOf(absolute);
        if (target !== realRoot && !target.startsWith(realRoot + sep)) {
          throw new FarledError(
            'BadArgument',
            `The symbolic link "${absolute}" leaves the folder: it leads to "${target}".`,
            {
              suggestion: 'Copy what it leads to into the folder, or leave the link out with .amlignore.',
            },
          );
        }
      }
      const found = await statOf(absolute, 'The file');
      if (!found.isDirectory()) {
        files.push(localFile(path, absolute, found));
        continue;
      }
      const real = await realpath(absolute);
      if (ancestors.includes(real)) {
        throw new FarledError(
          'BadArgument',
          `The symbolic link "${absolute}" leads back to a folder that contains it.`,
          {
            suggestion: 'Remove the link, or leave it out with .amlignore.',
          },
        );
      }
      if (!ignores(`${path}/`)) {
        await visit(absolute, [...ancestors, real]);
      }
    }
  };
  await visit(root, [realRoot]);
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function refuseEmpty(files: readonly LocalFile[], folder: string): void {
  if (files.length === 0) {
    throw new FarledError('BadArgument', `The folder "${folder}" has no files to upload.`, {
      suggestion: 'Check the path, and the rules of .amlignore and .gitignore.',
    });
  }
}

function localFile(path: string, absolutePath: string, found: Awaited<ReturnType<typeof stat>>): LocalFile {
  if (!found.isFile()) {
    throw new FarledError('BadArgument', `"${absolutePath}" is neither a file nor a folder.`, {
      suggestion: 'Leave it out with .amlignore.',
    });
  }
  return { path, absolutePath, size: Number(found.size), executable: (Number(found.mode) & 0o100) !== 0 };
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw fileError(error, 'The folder', folder);
  }
}

async function targetOf(link: string): Promise<string> {
  try {
    return await realpath(link);
  } catch (error) {
    throw fileError(error, 'What the symbolic link leads to,', link);
  }
}

async function statOf(path: string, what: string) {
  try {
    return await stat(path);
  } catch (error) {
    throw fileError(error, what, path);
  }
}
