/** Documents about an image, kept beside it in the registry as its referrers. */
import { FarledError } from '@farled/contract';

import { digestOfBytes } from '../registry/digest.ts';
import { type Descriptor, MEDIA } from '../registry/documents.ts';
import { formatReference, type Reference } from '../registry/reference.ts';
import type { Registry } from '../registry/registry.ts';

export interface Attachment {
  /** What kind of document it is, for those who look for one. */
  readonly artifactType: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** What an artifact that has no configuration names as its configuration. */
const EMPTY = Buffer.from('{}');

/** Attaches it to the image that the reference's digest names; the same document is attached once. */
export async function attach(
  registry: Registry,
  subject: Reference,
  { artifactType, mediaType, bytes }: Attachment,
  signal: AbortSignal,
): Promise<Descriptor> {
  if (subject.digest === null) {
    throw new FarledError('BadArgument', `Nothing can be attached to ${formatReference(subject)}: it has no digest.`, {
      suggestion: 'Name the image by its digest: what a tag names may change.',
    });
  }
  const image = await registry.manifest(subject, signal);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA.manifest,
      artifactType,
      config: { mediaType: MEDIA.empty, digest: digestOfBytes(EMPTY), size: EMPTY.length },
      layers: [{ mediaType, digest: digestOfBytes(bytes), size: bytes.length }],
      subject: { mediaType: image.mediaType, digest: image.digest, size: image.bytes.length },
    }),
  );
  const digest = digestOfBytes(manifest);
  const referrer = { mediaType: MEDIA.manifest, digest, size: manifest.length, artifactType };
  const known = await registry.referrers(subject, image.digest, signal);
  if (known.some((one) => one.digest === digest)) {
    return referrer;
  }
  for (const content of [EMPTY, bytes]) {
    const name = { digest: digestOfBytes(content), size: content.length };
    await registry.upload(subject, { ...name, read: (start) => once(content.subarray(start)) }, signal);
  }
  const { subjectNoted } = await registry.putManifest(
    { ...subject, tag: null },
    { mediaType: MEDIA.manifest, bytes: manifest },
    signal,
  );
  if (!subjectNoted) {
    await registry.noteReferrer(subject, image.digest, referrer, signal);
  }
  return referrer;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
