/** Entries to a compressed tar file, with both of its digests, in one pass. */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { availableParallelism } from 'node:os';

import { FarledError } from '@farled/contract';

import { type Compression, compressor, PIECE_BYTES } from './compression.ts';
import type { FileEntry, LayerEntry } from './layer.ts';
import { TAR_END, tarHeader, tarPadding } from './tar-header.ts';

export interface PackRequest {
  /** In order, each path once. */
  readonly entries: readonly LayerEntry[];
  readonly compression: Compression;
  /** The uncompressed size, roughly. */
  readonly bytes: number;
  /** The file to write; it must not exist. */
  readonly output: string;
}

export interface PackedBytes {
  /** Of the compressed bytes: names the blob. */
  readonly digest: string;
  /** Of the tar: names the layer in the image's configuration. */
  readonly diffId: string;
  readonly size: number;
}

/** Reads files synchronously: four thousand small ones take a fourth of the time. Large layers belong in a process of their own. */
export async function packLayer(
  { entries, compression, bytes, output }: PackRequest,
  signal: AbortSignal,
): Promise<PackedBytes> {
  const file = await open(output, 'wx', 0o600);
  try {
    const compress = compressor(compression, bytes);
    const plain = createHash('sha256');
    const packed = createHash('sha256');
    let size = 0;
    const running: Promise<Buffer>[] = [];
    const atMost = availableParallelism() + 1;
    const writeFirst = async (): Promise<void> => {
      const compressed = await running[0];
      void running.shift();
      if (compressed !== undefined) {
        packed.update(compressed);
        size += compressed.length;
        await file.write(compressed);
      }
    };
    for (const piece of pieces(entries)) {
      signal.throwIfAborted();
      plain.update(piece);
      const work = compress(piece);
      // Awaited in order below; a failure of a later one must not count as unhandled before its turn.
      work.catch(() => {});
      running.push(work);
      if (running.length > atMost) {
        await writeFirst();
      }
    }
    while (running.length > 0) {
      await writeFirst();
    }
    await file.sync();
    return { digest: `sha256:${packed.digest('hex')}`, diffId: `sha256:${plain.digest('hex')}`, size };
  } finally {
    await file.close();
  }
}

/** The tar in pieces of one size, the last one shorter. */
function* pieces(entries: readonly LayerEntry[]): Generator<Uint8Array> {
  let piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
  let used = 0;
  function* full(): Generator<Uint8Array> {
    if (used === PIECE_BYTES) {
      yield piece;
      piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
      used = 0;
    }
  }
  function* put(bytes: Uint8Array): Generator<Uint8Array> {
    for (let from = 0; from < bytes.length;) {
      const part = bytes.subarray(from, from + PIECE_BYTES - used);
      piece.set(part, used);
      used += part.length;
      from += part.length;
      yield* full();
    }
  }
  function* putFile(path: string, entry: FileEntry): Generator<Uint8Array> {
    const descriptor = openSync(path, 'r');
    try {
      const { size } = fstatSync(descriptor);
      if (entry.size !== undefined && entry.size !== size) {
        throw changed(path, entry.size, size);
      }
      yield* put(tarHeader(headerOf(entry, size)));
      for (let left = size; left > 0;) {
        const read = readSync(descriptor, piece, used, Math.min(left, PIECE_BYTES - used), null);
        if (read === 0) {
          throw changed(path, size, size - left);
        }
        used += read;
        left -= read;
        yield* full();
      }
      yield* put(tarPadding(size));
    } finally {
      closeSync(descriptor);
    }
  }
  for (const entry of entries) {
    if (entry.kind === 'file' && 'file' in entry.source) {
      yield* putFile(entry.source.file, entry);
    } else if (entry.kind === 'file') {
      const { bytes } = entry.source as { readonly bytes: Uint8Array };
      yield* put(tarHeader(headerOf(entry, bytes.length)));
      yield* put(bytes);
      yield* put(tarPadding(bytes.length));
    } else {
      yield* put(tarHeader(headerOf(entry, 0)));
    }
  }
  yield* put(TAR_END);
  if (used > 0) {
    yield piece.subarray(0, used);
  }
}

function headerOf(entry: LayerEntry, size: number): Parameters<typeof tarHeader>[0] {
  return {
    kind: entry.kind,
    path: entry.path,
    size,
    // Links have no rights of their own; every tar says 0777.
    mode: entry.kind === 'symlink' ? 0o777 : entry.mode,
    uid: entry.uid ?? 0,
    gid: entry.gid ?? 0,
    target: entry.kind === 'symlink' ? entry.target : '',
  };
}

function changed(path: string, expected: number, found: number): FarledError {
  return new FarledError(
    'ImageBuildFailed',
    `The file ${path} was changed while it was packed: it had ${expected} bytes, then ${found}.`,
    { suggestion: 'Build the image again when nothing writes there.' },
  );
}
