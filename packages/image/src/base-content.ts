/** What is where in an image of several layers, and what of it matters to us. Pure: listings in, facts out. */
import { posix } from 'node:path';

import { OPAQUE_NAME, WHITEOUT_PREFIX } from './layers/whiteout.ts';

export interface ListedEntry {
  readonly kind: 'file' | 'directory' | 'symlink' | 'other';
  /** Of a link. */
  readonly target: string;
  /** Of the few files that are looked into. */
  readonly text?: string;
}

/** By path without a leading slash, in the order of the archive. */
export type LayerListing = ReadonlyMap<string, ListedEntry>;

/** Where images have interpreters: the system's, conda's, those of the original's curated environments. */
const PYTHON =
  /^(?:usr|usr\/local|opt\/[^/]+|opt\/(?:[^/]+\/)?envs\/[^/]+|azureml-envs\/[^/]+|root\/[^/]*conda[^/]*)\/bin\/python(\d+)\.(\d+)$/;
const LIBC = /^(?:usr\/)?lib(?:64)?\/(?:[^/]+\/)?libc(?:\.so\.6|-(\d+\.\d+)\.so)$/;
const DPKG_STATUS = 'var/lib/dpkg/status';
/** In the library itself: what it prints when it is run. */
const LIBC_BANNER = /GNU C Library[^\n]*? version (\d+\.\d+)/;

/** Whether something has to be known about a path; most of an image is passed over. */
export function matters(path: string): boolean {
  const name = posix.basename(path);
  return name.startsWith(WHITEOUT_PREFIX) || PYTHON.test(path) || wantsText(path);
}

/** Whether its content has to be known. */
export function wantsText(path: string): boolean {
  return path === DPKG_STATUS || LIBC.test(path);
}

/** Of a file's content, what is worth keeping. */
export function extractText(path: string, content: Buffer): string {
  if (path === DPKG_STATUS) {
    const paragraph = content
      .toString()
      .split('\n\n')
      .find((text) => /^Package: libc6$/m.test(text));
    return /^Version: (?:\d+:)?(\d+\.\d+)/m.exec(paragraph ?? '')?.[1] ?? '';
  }
  return LIBC_BANNER.exec(content.toString('latin1'))?.[1] ?? '';
}

/** What is left when each layer has been laid over, and has taken away from, those below. */
export function mergeListings(listings: readonly LayerListing[]): Map<string, ListedEntry> {
  const merged = new Map<string, ListedEntry>();
  const removeBelow = (folder: string): void => {
    for (const path of merged.keys()) {
      if (path.startsWith(`${folder}/`)) {
        merged.delete(path);
      }
    }
  };
  for (const listing of listings) {
    // What a layer takes away is of the layers below, wherever in the archive it says so.
    for (const path of listing.keys()) {
      const [folder, name] = [posix.dirname(path), posix.basename(path)];
      if (name === OPAQUE_NAME) {
        removeBelow(folder);
      } else if (name.startsWith(WHITEOUT_PREFIX)) {
        const gone = posix.join(folder, name.slice(WHITEOUT_PREFIX.length));
        merged.delete(gone);
        removeBelow(gone);
      }
    }
    for (const [path, entry] of listing) {
      if (!posix.basename(path).startsWith(WHITEOUT_PREFIX)) {
        merged.set(path, entry);
      }
    }
  }
  return merged;
}

export interface FoundInBase {
  readonly interpreters: { path: string; version: [number, number] }[];
  readonly glibc?: string;
}

export function findInBase(paths: ReadonlyMap<string, ListedEntry>): FoundInBase {
  const interpreters = [...paths].flatMap(([path, { kind }]) => {
    const found = PYTHON.exec(path);
    return found === null || (kind !== 'file' && kind !== 'symlink')
      ? []
      : [{ path: `/${path}`, version: [Number(found[1]), Number(found[2])] satisfies [number, number] }];
  });
  const glibc = findGlibc(paths);
  return {
    interpreters: interpreters.toSorted(
      (a, b) =>
        b.version[0] - a.version[0] ||
        b.version[1] - a.version[1] ||
        rank(a.path) - rank(b.path) ||
        (a.path < b.path ? -1 : 1),
    ),
    ...(glibc === undefined ? {} : { glibc }),
  };
}

/** /usr/local/bin is where images of Python have theirs; then the distribution's; then what lies apart. */
function rank(path: string): number {
  return path.startsWith('/usr/local/') ? 0 : path.startsWith('/usr/') ? 1 : 2;
}

function findGlibc(paths: ReadonlyMap<string, ListedEntry>): string | undefined {
  for (const [path, { text, target }] of paths) {
    if (LIBC.test(path)) {
      const named = /-(\d+\.\d+)\.so$/.exec(target === '' ? path : target)?.[1];
      const version = named ?? (text === '' ? undefined : text);
      if (version !== undefined) {
        return version;
      }
    }
  }
  const packaged = paths.get(DPKG_STATUS)?.text;
  return packaged === '' ? undefined : packaged;
}
