/** Packs a layer where it disturbs least: small ones at once, large ones in a thread. */
import { Worker } from 'node:worker_threads';

import { type ErrorBody, errorFromWire, FarledError, isFarledError } from '@farled/contract';

import type { LayerEntry } from './layer.ts';
import { type PackedBytes, packLayer, type PackRequest } from './pack.ts';

/** Below these, a thread takes longer to start than the packing takes. */
const SMALL = { bytes: 4 * 1024 * 1024, entries: 300 } as const;

const thread = import.meta.url.endsWith('.ts')
  ? new URL('./pack-thread.ts', import.meta.url)
  : new URL('./pack-thread.js', import.meta.url);

type Answer = { readonly packed: PackedBytes } | { readonly failed: ErrorBody; readonly message: string };

export async function pack(request: PackRequest, signal: AbortSignal): Promise<PackedBytes> {
  signal.throwIfAborted();
  if (request.bytes <= SMALL.bytes && request.entries.length <= SMALL.entries) {
    return packLayer(request, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      throw isFarledError(error) ? error : failed((error as Error).message, error);
    });
  }
  const worker = new Worker(thread, { workerData: request });
  const outcome = Promise.withResolvers<PackedBytes>();
  const stop = (): void => worker.postMessage('stop', []);
  signal.addEventListener('abort', stop, { once: true });
  worker.on('message', (answer: Answer) => {
    if ('packed' in answer) {
      outcome.resolve(answer.packed);
    } else {
      outcome.reject(answer.failed.code === 'InternalError' ? failed(answer.message) : errorFromWire(answer.failed));
    }
  });
  worker.on('error', outcome.reject);
  worker.on('exit', (code) => outcome.reject(new Error(`The thread that packs a layer ended with code ${code}`)));
  try {
    return await outcome.promise;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function failed(why: string, cause?: unknown): FarledError {
  return new FarledError('ImageBuildFailed', `A layer could not be packed: ${why}.`, {
    suggestion: 'Look at the files that the layer is made of, and at the room on the disk.',
    ...(cause === undefined ? {} : { cause }),
  });
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
