/** Blobs: looked for and read; a download that breaks goes on where it was. */
import type { Connections } from './connection.ts';
import { verified } from './digest.ts';
import { unreachable } from './failure.ts';
import { readAll, repositoryOf } from './manifests.ts';
import type { Repository } from './reference.ts';
import { isPassingFault, withRetries } from './retry.ts';

export interface BlobName {
  readonly digest: string;
  readonly size: number;
}

export async function hasBlob(
  connections: Connections,
  from: Repository,
  digest: string,
  signal: AbortSignal,
): Promise<boolean> {
  const answer = await connections.repeat({
    method: 'HEAD',
    to: repositoryOf(from),
    path: `blobs/${digest}`,
    what: `looking for the layer ${digest}`,
    access: 'pull',
    expect: [200, 404],
    signal,
  });
  await answer.body.dump();
  return answer.status === 200;
}

/** From the first byte on, checked against its digest at the end. */
export function readBlob(
  connections: Connections,
  from: Repository,
  blob: BlobName,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  return verified(readBlobFrom(connections, from, blob, 0, signal), blob, `${from.host}/${from.repository}`);
}

/** A small one, whole. */
export async function readBlobBytes(
  connections: Connections,
  from: Repository,
  blob: BlobName,
  maximum: number,
  signal: AbortSignal,
): Promise<Buffer> {
  return readAll(readBlob(connections, from, blob, signal), maximum, `${from.host}/${from.repository}@${blob.digest}`);
}

/** From some byte on; whoever puts the parts together has to check the whole. */
export async function* readBlobFrom(
  connections: Connections,
  from: Repository,
  { digest, size }: BlobName,
  start: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const what = `getting the layer ${digest}`;
  let at = start;
  const open = (): Promise<AsyncIterable<Uint8Array>> => openBlob(connections, from, { digest, at, what }, signal);
  let failures = 0;
  for (;;) {
    const before = at;
    try {
      for await (const chunk of await open()) {
        at += chunk.length;
        yield chunk;
      }
      if (at >= size) {
        return;
      }
      throw Object.assign(new Error(`the body ended after ${at} of ${size} bytes`), { code: 'ECONNRESET' });
    } catch (error) {
      signal.throwIfAborted();
      failures = at > before ? 1 : failures + 1;
      if (!isPassingFault(error) || failures > 3) {
        throw isPassingFault(error)
          ? unreachable({ what, host: from.host, repository: from.repository, known: true }, error)
          : error;
      }
      connections.log.warn(
        { err: error, registry: from.host, repository: from.repository, at, size },
        'Download goes on after a break',
      );
    }
  }
}

async function openBlob(
  connections: Connections,
  from: Repository,
  { digest, at, what }: { readonly digest: string; readonly at: number; readonly what: string },
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const answer = await withRetries({ clock: connections.clock, signal }, () =>
    connections.send({
      method: 'GET',
      to: repositoryOf(from),
      path: `blobs/${digest}`,
      what,
      access: 'pull',
      ...(at === 0 ? {} : { headers: { range: `bytes=${at}-` } }),
      expect: [200, 206],
      signal,
    }),
  );
  const body = answer.body as AsyncIterable<Uint8Array>;
  // A server may answer with the whole, whatever part it was asked for.
  return at > 0 && answer.status === 200 ? skip(body, at) : body;
}

async function* skip(bytes: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const chunk of bytes) {
    if (left < chunk.length) {
      yield chunk.subarray(left);
    }
    left = Math.max(0, left - chunk.length);
  }
}
