/** Which of the files that were sent is the entry script, and what of them is the source folder. Pure. */
import { type FileEntry, FarledError } from '@farled/contract';

export interface SaidScript {
  /** Relative to where the files are unpacked. */
  readonly entryScript: string;
  /** The folder that goes on the module path; empty when the script was sent alone. */
  readonly sourceDirectory: string;
}

export interface SourceFolder {
  /** Relative to the source folder. */
  readonly entryScript: string;
  readonly files: readonly FileEntry[];
}

/** @throws FarledError BadArgument when no file, or more than one, can be meant. */
export function sourceFolder(files: readonly FileEntry[], said: SaidScript): SourceFolder {
  const folder = tidy(said.sourceDirectory);
  const named = tidy(said.entryScript);
  const inside = folder === '' ? named : inFolder(named, folder);
  // A script that was sent alone may come with the folder of one that was sent before: clients keep it in the environment.
  const sent = inside === named ? '' : folder;
  const root = files.some(({ path }) => path === named) ? sent : rootOf(files, inside);
  return { entryScript: inside, files: files.flatMap((file) => within(file, root)) };
}

/** Some releases pack a folder under the whole path it has on the client's disk. */
function rootOf(files: readonly FileEntry[], script: string): string {
  const [found, ...more] = files.filter(({ path }) => path === script || path.endsWith(`/${script}`));
  if (found === undefined) {
    throw new FarledError('BadArgument', `The source directory has no file "${script}" to be the entry script.`, {
      suggestion: 'Name the entry script relative to the source directory.',
    });
  }
  if (more.length > 0) {
    const paths = [found, ...more].map(({ path }) => `"${path}"`).join(', ');
    throw new FarledError('BadArgument', `The entry script "${script}" can be any of ${paths}.`, {
      suggestion: 'Name the entry script relative to the source directory.',
    });
  }
  return found.path.slice(0, -script.length).replace(/\/$/, '');
}

function within(file: FileEntry, root: string): FileEntry[] {
  if (root === '') {
    return [file];
  }
  return file.path.startsWith(`${root}/`) ? [{ ...file, path: file.path.slice(root.length + 1) }] : [];
}

function inFolder(path: string, folder: string): string {
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}

/** Without what does not matter: `./`, doubled slashes, and one at either end. */
function tidy(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}
