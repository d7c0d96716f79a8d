/** Reads through a layer for what matters in it, without unpacking it. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';

import { FarledError } from '@farled/contract';
import { extract, type Header } from 'tar-stream';

import { extractText, type LayerListing, type ListedEntry, matters, wantsText } from './base-content.ts';

/** Of the files that are looked into; a C library has 2 MB, the list of packages of a full system 10 MB. */
const MAXIMUM_CONTENT_BYTES = 32 * 1024 * 1024;

/** The default is so small that handing pieces on takes longer than making them. */
const CHUNK_BYTES = 256 * 1024;

export async function readListing(
  bytes: AsyncIterable<Uint8Array>,
  mediaType: string,
  signal: AbortSignal,
): Promise<LayerListing> {
  const found = new Map<string, ListedEntry>();
  const archive = extract();
  const source = Readable.from(bytes, { objectMode: false });
  const reading = mediaType.endsWith('zstd')
    ? pipeline(source, createZstdDecompress({ chunkSize: CHUNK_BYTES }), archive, { signal })
    : mediaType.endsWith('gzip')
      ? pipeline(source, createGunzip({ chunkSize: CHUNK_BYTES }), archive, { signal })
      : pipeline(source, archive, { signal });
  // Awaited below, after the entries; until then a failure is theirs to report.
  reading.catch(() => {});
  try {
    for await (const entry of archive) {
      const path = entry.header.name.replace(/^(?:\.?\/)+/, '').replace(/\/$/, '');
      if (matters(path)) {
        found.set(
          path,
          await listed(path, { header: entry.header, content: entry as unknown as AsyncIterable<Uint8Array> }),
        );
      }
      entry.resume();
    }
    await reading;
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof FarledError
      ? error
      : new FarledError(
          'RegistryUnavailable',
          `A layer of the base image can't be read: ${(error as Error).message}.`,
          {
            suggestion: 'Push the base image again: the layer is damaged, or of a kind that is not known here.',
            cause: error,
          },
        );
  }
  return found;
}

async function listed(
  path: string,
  { header, content }: { readonly header: Header; readonly content: AsyncIterable<Uint8Array> },
): Promise<ListedEntry> {
  const kind = kindOf(header);
  const target = header.linkname;
  if (kind !== 'file' || !wantsText(path) || header.size > MAXIMUM_CONTENT_BYTES) {
    return { kind, target };
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) {
    chunks.push(chunk);
  }
  return { kind, target, text: extractText(path, Buffer.concat(chunks)) };
}

function kindOf({ type }: Header): ListedEntry['kind'] {
  switch (type) {
    case 'file':
    case 'contiguous-file':
    // Another name of a file that is in the same layer.
    case 'link':
      return 'file';
    case 'directory':
      return 'directory';
    case 'symlink':
      return 'symlink';
    default:
      return 'other';
  }
}
