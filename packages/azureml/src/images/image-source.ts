/**
 * The source folder of an image: its entry script, and beside it what the script needs. Clients pack each file and each
 * folder for itself, some releases under the whole path that it has on the client's disk. Pure.
 */
import { FarledError, type FileEntry } from '@farled/contract';

/**
 * @param packed what was in each archive.
 * @throws FarledError BadArgument when none has the entry script, or several have.
 */
export function imageSource(packed: readonly (readonly FileEntry[])[], entryScript: string): readonly FileEntry[] {
  const scripts = packed.filter(
    ([only, ...more]) => only !== undefined && more.length === 0 && baseOf(only.path) === entryScript,
  );
  const [script, ...others] = scripts.map(([only]) => only);
  if (script === undefined || others.some((other) => other?.path !== script.path)) {
    const why = script === undefined ? 'has no file' : 'has several files';
    throw new FarledError('BadArgument', `The image ${why} "${entryScript}" to be the entry script.`, {
      suggestion: 'Make the image in the folder of the script.',
    });
  }
  const root = script.path.slice(0, -entryScript.length);
  const placed = new Map<string, FileEntry>();
  for (const files of packed) {
    const own = files.every(({ path }) => path.startsWith(root)) ? root : above(files);
    for (const file of files) {
      const path = file.path.slice(own.length);
      placed.set(path, { ...file, path });
    }
  }
  return [...placed.values()];
}

/** What is in front of a file from elsewhere, or of the folder that all files from elsewhere are in. */
function above(files: readonly FileEntry[]): string {
  const [first = [], ...rest] = files.map(({ path }) => path.split('/').slice(0, -1));
  const shared = rest.reduce((common, folders) => {
    const differs = common.findIndex((part, index) => part !== folders[index]);
    return differs === -1 ? common : common.slice(0, differs);
  }, first);
  const kept = rest.length === 0 ? shared : shared.slice(0, -1);
  return kept.map((part) => `${part}/`).join('');
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
