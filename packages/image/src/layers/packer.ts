/** Packs a layer where it disturbs least: small ones at once, large ones in a process of their own. */
import { FarledError, isFarledError } from '@farled/contract';

import { moduleBeside, runApart } from '../apart.ts';
import type { LayerEntry } from './layer.ts';
import { type PackedBytes, packLayer, type PackRequest } from './pack.ts';

/** Below these, a process takes longer to start than the packing takes. */
const SMALL = { bytes: 4 * 1024 * 1024, entries: 300 } as const;

const WHAT = 'A layer could not be packed';

export async function pack(request: PackRequest, signal: AbortSignal): Promise<PackedBytes> {
  signal.throwIfAborted();
  if (request.bytes > SMALL.bytes || request.entries.length > SMALL.entries) {
    return runApart({ module: moduleBeside(import.meta.url, 'pack-apart'), request, what: WHAT }, signal);
  }
  try {
    return await packLayer(request, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw isFarledError(error)
      ? error
      : new FarledError('ImageBuildFailed', `${WHAT}: ${(error as Error).message}.`, {
          suggestion: 'Look at the files that it is made of, and at the room in memory and on disk.',
          cause: error,
        });
  }
}

/** Roughly what the tar will have: a header for each entry, and what is in files. */
export function expectedBytes(entries: readonly LayerEntry[]): number {
  return entries.reduce((sum, entry) => sum + 512 + (entry.kind === 'file' ? contentBytes(entry) : 0), 0);
}

function contentBytes({ source, size }: Extract<LayerEntry, { kind: 'file' }>): number {
  return 'bytes' in source ? source.bytes.length : (size ?? UNKNOWN_SIZE);
}

/** A file that nobody measured is taken for a large one. */
const UNKNOWN_SIZE = 1024 * 1024;
