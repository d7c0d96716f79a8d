/** Files onto the server: hashed first, then only those that it lacks, a few at a time, streamed from disk. */
import { createHash } from 'node:crypto';
import { createReadStream, openAsBlob } from 'node:fs';

import { FarledError, routes, type FileManifest, type WorkspacePath } from '@farled/contract';

import type { Client } from '../client.ts';
import { forEachAtOnce } from './at-once.ts';
import type { LocalFile } from './files.ts';
import { fileError } from './read-file.ts';

export interface UploadProgress {
  readonly phase: 'hashing' | 'uploading';
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface UploadOptions {
  readonly onProgress?: ((progress: UploadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const HASHED_AT_ONCE = 4;
const UPLOADED_AT_ONCE = 4;

/** Resolves, once the server has every byte, with the manifest that names the files. */
export async function uploadFiles(
  client: Client,
  workspace: WorkspacePath,
  files: readonly LocalFile[],
  { onProgress, signal }: UploadOptions = {},
): Promise<FileManifest> {
  const hashing = progressOf('hashing', files, onProgress);
  const digests = new Map<LocalFile, string>();
  await forEachAtOnce(HASHED_AT_ONCE, files, async (file) => {
    digests.set(file, await sha256Of(file, signal));
    hashing(file.size);
  });
  const hashed = files.map((file) => ({ file, sha256: digests.get(file) ?? '' }));
  const manifest: FileManifest = hashed.map(({ file: { path, size, executable }, sha256 }) => ({
    path,
    sha256,
    size,
    ...(executable ? { executable } : {}),
  }));

  const { missing } = await client.call(routes.artifacts.missing, {
    params: workspace,
    body: { files: manifest },
    signal,
  });
  const wanted = [...new Set(missing)].flatMap((sha256) => hashed.find((one) => one.sha256 === sha256) ?? []);
  const uploading = progressOf(
    'uploading',
    wanted.map(({ file }) => file),
    onProgress,
  );
  await forEachAtOnce(UPLOADED_AT_ONCE, wanted, async ({ file, sha256 }) => {
    const body = await openAsBlob(file.absolutePath);
    if (body.size !== file.size) {
      throw changed(file);
    }
    await client.call(routes.artifacts.upload, { params: { ...workspace, sha256 }, body, signal });
    uploading(file.size);
  });
  return manifest;
}

/** Digest of a file's bytes; fails when there are not as many as were announced. */
async function sha256Of(file: LocalFile, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of createReadStream(file.absolutePath, { signal, highWaterMark: 1024 * 1024 })) {
      hash.update(chunk as Buffer);
      size += (chunk as Buffer).length;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw fileError(error, 'The file', file.absolutePath);
  }
  if (size !== file.size) {
    throw changed(file);
  }
  return hash.digest('hex');
}

function changed(file: LocalFile): FarledError {
  return new FarledError('BadArgument', `The file "${file.absolutePath}" changed while it was read.`, {
    suggestion: 'Wait until nothing writes it any more, then try again.',
  });
}

function progressOf(
  phase: UploadProgress['phase'],
  files: readonly LocalFile[],
  onProgress: UploadOptions['onProgress'],
): (bytes: number) => void {
  const totalBytes = files.reduce((sum, file) => sum + file.size, 0);
  let doneBytes = 0;
  return (bytes) => {
    doneBytes += bytes;
    onProgress?.({ phase, doneBytes, totalBytes });
  };
}
