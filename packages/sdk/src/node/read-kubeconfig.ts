/** Reads a kubeconfig with the files it names, whose paths start at its own folder. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import { flattenKubeconfig } from '../documents/kubeconfig.ts';
import { fileError, readDocument } from './read-file.ts';

/** A file, or text that was read elsewhere with the folder that its paths start at. */
export type KubeconfigPlace = { readonly path: string } | { readonly text: string; readonly folder: string };

/**
 * One context of a kubeconfig, the current one by default, as text that refers to no files.
 *
 * @throws FarledError KubeconfigUnusable; nothing secret stands in it.
 */
export async function readKubeconfig(place: KubeconfigPlace, context?: string): Promise<string> {
  const [file, text, folder] =
    'path' in place
      ? [place.path, await readDocument(place.path, 'The kubeconfig'), dirname(place.path)]
      : ['-', place.text, place.folder];
  return flattenKubeconfig({ file, text, context }, async (path) => {
    try {
      return await readFile(resolve(folder, path));
    } catch (error) {
      throw fileError(error, `The kubeconfig "${file}" names a file:`, path, 'KubeconfigUnusable');
    }
  });
}
