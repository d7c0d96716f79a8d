/** Source folders as azureml-core sends them, as a gzip tar: each file goes to the artifact store as it is read. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

import { type FileEntry, FarledError, isFarledError, RelativePath } from '@farled/contract';
import type { ArtifactStore } from '@farled/state';
import { extract, type Header } from 'tar-stream';

export interface UnpackLimits {
  /** Files and folders together. */
  readonly entries: number;
  /** Of the archive when it is unpacked. */
  readonly bytes: number;
}

const LIMITS: UnpackLimits = { entries: 50_000, bytes: 4 * 1024 ** 3 };
/** The default is so small that handing pieces on takes longer than making them. */
const CHUNK_BYTES = 256 * 1024;

/**
 * The files of an archive; folders count only by what is in them.
 *
 * @param name of the archive, for messages.
 * @throws FarledError BadArgument, PayloadTooLarge: it is no such archive, or has an entry that may not be in one.
 */
export async function unpackSource(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  artifacts: Pick<ArtifactStore, 'add'>,
  signal: AbortSignal,
  limits: UnpackLimits = LIMITS,
): Promise<readonly FileEntry[]> {
  const fault = (what: string): FarledError =>
    new FarledError('BadArgument', `The source directory can't be unpacked: ${what}.`, {
      suggestion: 'Send a folder of files and folders, as azureml-core packs it.',
    });
  const archive = extract();
  const reading = pipeline(
    Readable.from(bytes, { objectMode: false }),
    createGunzip({ chunkSize: CHUNK_BYTES }),
    (unpacked: AsyncIterable<Uint8Array>) => bounded(name, unpacked, limits.bytes),
    archive,
    { signal },
  );
  // Awaited below, after the entries; until then a failure is theirs to report.
  reading.catch(() => {});
  const files = new Map<string, FileEntry>();
  let entries = 0;
  try {
    for await (const entry of archive) {
      entries += 1;
      if (entries > limits.entries) {
        throw new FarledError('PayloadTooLarge', `${name} has more than ${limits.entries} files and folders.`, {
          suggestion: 'Leave what the entry script does not need out of the source directory.',
        });
      }
      const { header } = entry;
      const path = pathOf(header, (what) => fault(`${name} has ${what}`));
      if (path === null) {
        entry.resume();
      } else if (files.has(path)) {
        throw fault(`${name} has "${path}" twice`);
      } else {
        const { sha256, size } = await artifacts.add(entry as unknown as AsyncIterable<Uint8Array>);
        files.set(path, { path, sha256, size, ...(isExecutable(header) ? { executable: true } : {}) });
      }
    }
    await reading;
  } catch (error) {
    archive.destroy();
    signal.throwIfAborted();
    const broke = await reading.then(
      () => null,
      (cause: unknown) => cause as NodeJS.ErrnoException,
    );
    // Read up to here without fault: then it was the store that failed.
    if (isFarledError(error) || broke === null || broke.code === 'ERR_STREAM_PREMATURE_CLOSE') {
      throw error;
    }
    throw isFarledError(broke) ? broke : fault(`${name} is damaged, or no gzip tar: ${broke.message}`);
  }
  return [...files.values()];
}

/** Null for a folder. @throws what `fault` makes of an entry that has no place in a folder of files. */
function pathOf({ name, type }: Header, fault: (what: string) => FarledError): string | null {
  if (type !== 'file' && type !== 'contiguous-file' && type !== 'directory') {
    throw fault(`${KINDS[type ?? ''] ?? 'something that is no file'} "${name}"`);
  }
  const path = name.replace(/^(?:\.\/+)+/, '').replace(/\/+$/, '');
  if (type === 'directory' && (path === '' || path === '.')) {
    return null;
  }
  const { error } = RelativePath.safeParse(path);
  if (error !== undefined) {
    throw fault(`an entry "${name.slice(0, 300)}", whose path ${error.issues[0]?.message}`);
  }
  return type === 'directory' ? null : path;
}

const KINDS: Readonly<Record<string, string>> = {
  symlink: 'a symbolic link',
  link: 'a hard link',
  'character-device': 'a device',
  'block-device': 'a device',
  fifo: 'a named pipe',
};

function isExecutable({ mode }: Header): boolean {
  return ((mode ?? 0) & 0o111) !== 0;
}

/** Counts what is unpacked, because a small archive may hold endless bytes of one kind. */
async function* bounded(name: string, chunks: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let unpacked = 0;
  for await (const chunk of chunks) {
    unpacked += chunk.length;
    if (unpacked > most) {
      throw new FarledError('PayloadTooLarge', `${name} has more than ${most} bytes when it is unpacked.`, {
        suggestion: 'Register large files as a model.',
      });
    }
    yield chunk;
  }
}
