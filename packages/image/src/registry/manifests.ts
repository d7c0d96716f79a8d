/** Manifests and indexes: looked for, got, put, removed. */
import { FarledError } from '@farled/contract';

import type { Connections } from './connection.ts';
import { digestOfBytes } from './digest.ts';
import { choosePlatform, type FoundManifest, MANIFEST_ACCEPT, type Platform, readManifest } from './documents.ts';
import { formatReference, type Reference, referenceTarget, type Repository } from './reference.ts';

/** Registries refuse larger ones; so do we, before they fill the memory. */
const MAXIMUM_BYTES = 4 * 1024 * 1024;
const TOO_MANY_LAYERS = 'A manifest of this size is not one of an image.';

/** The digest of what a reference names, null when there is nothing. */
export async function headManifest(
  connections: Connections,
  reference: Reference,
  signal: AbortSignal,
): Promise<string | null> {
  const answer = await connections.repeat({
    method: 'HEAD',
    to: repositoryOf(reference),
    path: `manifests/${referenceTarget(reference)}`,
    what: 'looking for the image',
    access: 'pull',
    headers: { accept: MANIFEST_ACCEPT },
    expect: [200, 404],
    signal,
  });
  await answer.body.dump();
  if (answer.status === 404) {
    return null;
  }
  const digest = answer.header('docker-content-digest');
  return digest ?? reference.digest ?? (await getManifest(connections, reference, signal)).digest;
}

export async function getManifest(
  connections: Connections,
  reference: Reference,
  signal: AbortSignal,
): Promise<FoundManifest> {
  const answer = await connections.repeat({
    method: 'GET',
    to: repositoryOf(reference),
    path: `manifests/${referenceTarget(reference)}`,
    what: `getting the image ${referenceTarget(reference)}`,
    access: 'pull',
    headers: { accept: MANIFEST_ACCEPT },
    expect: [200],
    missing: 'ImageNotFound',
    signal,
  });
  const bytes = await readAll(answer.body, MAXIMUM_BYTES, formatReference(reference));
  const digest = digestOfBytes(bytes);
  if (reference.digest !== null && reference.digest !== digest) {
    throw new FarledError(
      'RegistryUnavailable',
      `${formatReference(reference)}: the registry sent a manifest with the digest ${digest}.`,
      { suggestion: 'Something between here and the registry changes content, or the registry lost it.' },
    );
  }
  const document = readManifest(bytes, formatReference(reference));
  const said = answer.header('content-type')?.split(';')[0]?.trim();
  const own = document.kind === 'index' ? document.index.mediaType : document.manifest.mediaType;
  return { digest, bytes, document, mediaType: own ?? said ?? '' };
}

/** The manifest for one platform, whether the reference names it or an index that has it. */
export async function chooseImage(
  reference: Reference,
  platform: Platform,
  get: (reference: Reference) => Promise<FoundManifest>,
): Promise<FoundManifest & { readonly document: { readonly kind: 'image' } }> {
  let found = await get(reference);
  if (found.document.kind === 'index') {
    const { digest } = choosePlatform(found.document.index, platform, formatReference(reference));
    found = await get({ ...reference, digest });
  }
  if (found.document.kind !== 'image') {
    throw new FarledError('ImageNotFound', `${formatReference(reference)} is an index of indexes, which is not read.`);
  }
  return { ...found, document: found.document };
}

export interface PutManifest {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** By the reference's tag; without one, by its own digest. Tells whether the registry took note of its subject. */
export async function putManifest(
  connections: Connections,
  to: Repository & { readonly tag: string | null },
  { mediaType, bytes }: PutManifest,
  signal: AbortSignal,
): Promise<{ readonly digest: string; readonly subjectNoted: boolean }> {
  const digest = digestOfBytes(bytes);
  const answer = await connections.repeat({
    method: 'PUT',
    to: repositoryOf(to),
    path: `manifests/${to.tag ?? digest}`,
    what: `pushing the manifest ${to.tag ?? digest}`,
    access: 'push',
    headers: { 'content-type': mediaType },
    body: () => bytes,
    expect: [200, 201, 202],
    signal,
  });
  await answer.body.dump();
  return { digest, subjectNoted: answer.header('oci-subject') !== undefined };
}

/** Removes an image for good; one that isn't there counts as removed. */
export async function deleteManifest(
  connections: Connections,
  from: Repository,
  digest: string,
  signal: AbortSignal,
): Promise<void> {
  const answer = await connections.repeat({
    method: 'DELETE',
    to: repositoryOf(from),
    path: `manifests/${digest}`,
    what: `removing ${digest}`,
    access: 'push',
    expect: [200, 202, 404],
    signal,
  });
  await answer.body.dump();
}

export function repositoryOf({ host, repository }: Repository): Repository {
  return { host, repository };
}

export async function readAll(body: AsyncIterable<Uint8Array>, maximum: number, name: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maximum) {
      throw new FarledError('RegistryUnavailable', `${name} has more than ${maximum} bytes. ${TOO_MANY_LAYERS}`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
