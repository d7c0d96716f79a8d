/** Entries in the one order that every packing of them has: by path, each folder before what is in it. */
import { FarledError } from '@farled/contract';

import type { DirectoryEntry, LayerEntry } from './layer.ts';

/**
 * Sorts, and adds the folders that were not named: an unpacker would otherwise make them up, each in its own way.
 *
 * @throws FarledError BadArgument for a path that leaves the image, is empty, or comes twice.
 */
export function orderEntries(entries: Iterable<LayerEntry>): LayerEntry[] {
  const byPath = new Map<string, LayerEntry>();
  for (const entry of entries) {
    const path = normalPath(entry.path);
    if (byPath.has(path)) {
      throw new FarledError('BadArgument', `A layer has two entries for the path ${JSON.stringify(path)}.`, {
        suggestion: 'Give each path once.',
      });
    }
    byPath.set(path, { ...entry, path });
  }
  for (const path of byPath.keys()) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const parent = path.slice(0, at);
      const known = byPath.get(parent);
      if (known?.kind === 'directory') {
        break;
      }
      if (known !== undefined) {
        throw new FarledError(
          'BadArgument',
          `A layer has ${JSON.stringify(path)} inside of ${JSON.stringify(parent)}, which is a ${known.kind}.`,
        );
      }
      byPath.set(parent, impliedFolder(parent));
    }
  }
  return [...byPath.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Everyone may write there in every distribution; a layer that passes through must not take that away. */
const SHARED_FOLDERS = new Set(['tmp', 'var/tmp']);

function impliedFolder(path: string): DirectoryEntry {
  return { kind: 'directory', path, mode: SHARED_FOLDERS.has(path) ? 0o1777 : 0o755, uid: 0, gid: 0 };
}

function normalPath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.length === 0 || parts.includes('..') || path.includes('\0') || !path.isWellFormed()) {
    throw new FarledError('BadArgument', `A layer can't have an entry with the path ${JSON.stringify(path)}.`, {
      suggestion: 'Give a path inside of the image, without «..».',
    });
  }
  return parts.join('/');
}
