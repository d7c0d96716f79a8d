/** Brings a blob to a registry: found there, mounted from a neighbour, or sent; a broken upload goes on where it was. */
import { type BlobName, hasBlob } from './blobs.ts';
import type { Connections } from './connection.ts';
import { RegistryRefusal } from './failure.ts';
import { repositoryOf } from './manifests.ts';
import type { Repository } from './reference.ts';
import { type Retries, withRetries } from './retry.ts';
import { locationOf, UploadSession } from './upload-session.ts';

export interface Upload extends BlobName {
  /** The bytes from some byte on; called again when an upload has to go on or to start anew. */
  readonly read: (start: number) => AsyncIterable<Uint8Array>;
  /** A repository on the same host that is known to have it. */
  readonly mountFrom?: string;
  /** Not to be looked for: it is known that it isn't there. */
  readonly known?: 'missing';
}

export interface Uploaded {
  readonly how: 'there' | 'mounted' | 'sent';
  readonly sentBytes: number;
}

/** In parts of this size where something in between refuses long requests. */
const PART_BYTES = 8 * 1024 * 1024;
export async function uploadBlob(
  connections: Connections,
  to: Repository,
  upload: Upload,
  signal: AbortSignal,
): Promise<Uploaded> {
  if (upload.known !== 'missing' && (await hasBlob(connections, to, upload.digest, signal))) {
    return { how: 'there', sentBytes: 0 };
  }
  const { clock, log } = connections;
  let sentBytes = 0;
  let partBytes = Infinity;
  let resumed = false;
  let { mountFrom } = upload;
  /** What was sent in a session that failed has been sent all the same. */
  const inSession = async (): Promise<Uploaded> => {
    const { digest } = upload;
    const session = await beginSession(connections, to, { digest, mountFrom }, signal).catch((error: unknown) => {
      // Some registries refuse the whole request when the neighbour may not be read.
      if (mountFrom === undefined || !(error instanceof RegistryRefusal)) {
        throw error;
      }
      return beginSession(connections, to, { digest }, signal);
    });
    // What can't be mounted at once can't be later.
    mountFrom = undefined;
    if (session === 'mounted') {
      return { how: 'mounted', sentBytes };
    }
    const parts = {
      connections,
      to: repositoryOf(to),
      upload,
      partBytes,
      signal,
      sent: (bytes: number) => (sentBytes += bytes),
    };
    const sending = new UploadSession(parts, session);
    await sending.all().catch((error: unknown) => {
      resumed = sending.resumed;
      throw error;
    });
    return { how: 'sent', sentBytes };
  };
  const retries: Retries = {
    clock,
    signal,
    onRetry: (error, waitMs) =>
      log.warn({ err: error, registry: to.host, repository: to.repository, waitMs }, 'Upload starts anew'),
  };
  try {
    return await withRetries(retries, inSession);
  } catch (error) {
    const tooLong = error instanceof RegistryRefusal && error.status === 413;
    // What was put together after a break may not fit together: the registry may have gone on reading the old part.
    const misfit = error instanceof RegistryRefusal && resumed;
    if (!tooLong && !misfit) {
      throw error;
    }
    partBytes = tooLong ? PART_BYTES : partBytes;
    return withRetries(retries, inSession);
  }
}

async function beginSession(
  connections: Connections,
  to: Repository,
  { digest, mountFrom }: { readonly digest: string; readonly mountFrom?: string | undefined },
  signal: AbortSignal,
): Promise<URL | 'mounted'> {
  const mount = mountFrom === undefined ? '' : `?mount=${digest}&from=${encodeURIComponent(mountFrom)}`;
  const answer = await connections.send({
    method: 'POST',
    to: repositoryOf(to),
    path: `blobs/uploads/${mount}`,
    what: `pushing the layer ${digest}`,
    access: 'push',
    ...(mountFrom === undefined ? {} : { alsoPull: [mountFrom] }),
    headers: { 'content-length': '0' },
    expect: [201, 202],
    signal,
  });
  await answer.body.dump();
  return answer.status === 201 ? 'mounted' : locationOf(answer, to);
}
