/** One of our programs as a layer: bundled to a single file, with the folders that it reads beside it. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

import { moduleBeside, runApart } from '../apart.ts';
import type { LayerEntry, LayerSource } from '../layers/layer.ts';

export interface ProgramLayer {
  readonly name: string;
  /** The program's first module, as source or built. */
  readonly entry: URL | string;
  /** Folder in the image; the bundle is at `dist/main.mjs` in it, as deep as it was in its package. */
  readonly at: string;
  /** Folders that it finds from its own place, by their names beside `dist`. */
  readonly extraFolders?: Readonly<Record<string, URL | string>>;
}

export const PROGRAM_FILE = 'dist/main.mjs';

const BUNDLE_DEADLINE_MS = 60_000;

/** Bundles; the same sources give the same bytes in every folder. */
export async function programLayer({ name, entry, at, extraFolders = {} }: ProgramLayer): Promise<LayerSource> {
  const entries: LayerEntry[] = [
    { kind: 'file', path: posix.join(at, PROGRAM_FILE), mode: 0o644, source: { bytes: await bundled(pathOf(entry)) } },
  ];
  for (const [folder, source] of Object.entries(extraFolders)) {
    entries.push(...(await folderEntries(pathOf(source), posix.join(at, folder))));
  }
  return { name, key: JSON.stringify(['program', keyOf(entries)]), entries: () => entries };
}

function bundled(entry: string): Promise<Uint8Array> {
  const module = moduleBeside(import.meta.url, 'bundle-apart');
  const what = `The program ${entry} could not be bundled`;
  return runApart({ module, request: entry, what }, AbortSignal.timeout(BUNDLE_DEADLINE_MS));
}

/** Small files of ours: read at once, so that the key can be of what is in them. */
async function folderEntries(folder: string, at: string): Promise<LayerEntry[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile() && !entry.parentPath.includes('__pycache__'));
  return Promise.all(
    files.map(async (entry): Promise<LayerEntry> => {
      const path = join(entry.parentPath, entry.name);
      return {
        kind: 'file',
        path: posix.join(at, path.slice(folder.length + 1)),
        mode: 0o644,
        source: { bytes: await readFile(path) },
      };
    }),
  );
}

function keyOf(entries: readonly LayerEntry[]): string {
  const hash = createHash('sha256');
  for (const entry of entries.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const bytes = entry.kind === 'file' && 'bytes' in entry.source ? entry.source.bytes : new Uint8Array();
    hash.update(`${entry.path}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

function pathOf(place: URL | string): string {
  return (place instanceof URL ? fileURLToPath(place) : place).replace(/\/$/, '');
}
