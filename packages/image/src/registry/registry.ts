/** Container registries, as their users see them: distribution-spec 1.1, and those that came before it. */
import { type BlobName, hasBlob, readBlob, readBlobBytes, readBlobFrom } from './blobs.ts';
import { Connections, type RegistryParts } from './connection.ts';
import { ContentMemory } from './content-memory.ts';
import type { Descriptor, FoundManifest, Platform } from './documents.ts';
import { deleteManifest, chooseImage, getManifest, headManifest, putManifest, type PutManifest } from './manifests.ts';
import type { Reference, Repository } from './reference.ts';
import { listReferrers, noteReferrer } from './referrers.ts';
import { type Upload, uploadBlob, type Uploaded } from './upload.ts';

/**
 * Every call ends with its signal, and by itself when the other side is silent for two minutes. What may pass (429,
 * 5xx, a broken connection) is tried five times.
 *
 * Failures are FarledErrors: ImageNotFound, or RegistryUnavailable with what the registry said.
 */
export interface Registry {
  /** The digest of what a reference names, null when there is nothing. */
  headManifest(reference: Reference, signal: AbortSignal): Promise<string | null>;
  manifest(reference: Reference, signal: AbortSignal): Promise<FoundManifest>;
  imageManifest(
    reference: Reference,
    platform: Platform,
    signal: AbortSignal,
  ): Promise<FoundManifest & { readonly document: { readonly kind: 'image' } }>;
  /** Under a tag, or under its digest alone. */
  putManifest(
    to: Repository & { readonly tag: string | null },
    manifest: PutManifest,
    signal: AbortSignal,
  ): Promise<{ readonly digest: string; readonly subjectNoted: boolean }>;
  deleteManifest(from: Repository, digest: string, signal: AbortSignal): Promise<void>;
  hasBlob(from: Repository, digest: string, signal: AbortSignal): Promise<boolean>;
  /** Its bytes, checked against the digest when they have come to their end. */
  readBlob(from: Repository, blob: BlobName, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** From some byte on, unchecked: for those who send it on to where it is checked. */
  readBlobFrom(from: Repository, blob: BlobName, start: number, signal: AbortSignal): AsyncIterable<Uint8Array>;
  readBlobBytes(from: Repository, blob: BlobName, maximum: number, signal: AbortSignal): Promise<Uint8Array>;
  upload(to: Repository, upload: Upload, signal: AbortSignal): Promise<Uploaded>;
  referrers(of: Repository, digest: string, signal: AbortSignal): Promise<readonly Descriptor[]>;
  noteReferrer(of: Repository, subject: string, referrer: Descriptor, signal: AbortSignal): Promise<void>;
  /** Ends what is under way. */
  close(): Promise<void>;
}

export function createRegistry(parts: RegistryParts): Registry {
  const connections = new Connections(parts);
  const manifests = new ContentMemory<FoundManifest>();
  const contents = new ContentMemory<Uint8Array>();
  const remembered: Registry['manifest'] = (reference, signal) => {
    const read = (): Promise<FoundManifest> => getManifest(connections, reference, signal);
    return reference.digest === null
      ? read()
      : manifests.get(keyOf(reference, reference.digest), async () => {
          const value = await read();
          return { value, size: value.bytes.length };
        });
  };
  return {
    headManifest: (reference, signal) => headManifest(connections, reference, signal),
    manifest: remembered,
    imageManifest: (reference, platform, signal) =>
      chooseImage(reference, platform, (named) => remembered(named, signal)),
    putManifest: (to, manifest, signal) => putManifest(connections, to, manifest, signal),
    deleteManifest: (from, digest, signal) => deleteManifest(connections, from, digest, signal),
    hasBlob: (from, digest, signal) => hasBlob(connections, from, digest, signal),
    readBlob: (from, blob, signal) => readBlob(connections, from, blob, signal),
    readBlobFrom: (from, blob, start, signal) => readBlobFrom(connections, from, blob, start, signal),
    readBlobBytes: (from, blob, maximum, signal) =>
      contents.get(keyOf(from, blob.digest), async () => {
        const value = await readBlobBytes(connections, from, blob, maximum, signal);
        return { value, size: value.length };
      }),
    upload: (to, upload, signal) => uploadBlob(connections, to, upload, signal),
    referrers: (of, digest, signal) => listReferrers(connections, of, digest, signal),
    noteReferrer: (of, subject, referrer, signal) => noteReferrer(connections, of, subject, referrer, signal),
    close: () => connections.close(),
  };
}

function keyOf({ host, repository }: Repository, digest: string): string {
  return `${host}/${repository}@${digest}`;
}
