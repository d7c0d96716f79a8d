/** What refers to an image: found by the registry's own list, or under a tag where the registry has none. */
import type { Connections } from './connection.ts';
import { type Descriptor, ImageIndex, MANIFEST_ACCEPT, MEDIA } from './documents.ts';
import { putManifest, readAll, repositoryOf } from './manifests.ts';
import type { Repository } from './reference.ts';

const MAXIMUM_BYTES = 4 * 1024 * 1024;

/** distribution-spec, «Referrers Tag Schema». */
function referrersTag(digest: string): string {
  return digest.replace(':', '-');
}

export async function listReferrers(
  connections: Connections,
  of: Repository,
  digest: string,
  signal: AbortSignal,
): Promise<Descriptor[]> {
  return (
    (await getIndex(connections, of, `referrers/${digest}`, signal)) ??
    (await getIndex(connections, of, `manifests/${referrersTag(digest)}`, signal)) ??
    []
  );
}

/** For registries that don't keep the list themselves. */
export async function noteReferrer(
  connections: Connections,
  of: Repository,
  subject: string,
  referrer: Descriptor,
  signal: AbortSignal,
): Promise<void> {
  const known = (await getIndex(connections, of, `manifests/${referrersTag(subject)}`, signal)) ?? [];
  if (known.some(({ digest }) => digest === referrer.digest)) {
    return;
  }
  const manifests = [...known, referrer].toSorted((a, b) => (a.digest < b.digest ? -1 : 1));
  const index = { schemaVersion: 2, mediaType: MEDIA.index, manifests };
  await putManifest(
    connections,
    { ...repositoryOf(of), tag: referrersTag(subject) },
    { mediaType: MEDIA.index, bytes: Buffer.from(JSON.stringify(index)) },
    signal,
  );
}

async function getIndex(
  connections: Connections,
  of: Repository,
  path: string,
  signal: AbortSignal,
): Promise<Descriptor[] | undefined> {
  const answer = await connections.repeat({
    method: 'GET',
    to: repositoryOf(of),
    path,
    what: 'looking for what refers to an image',
    access: 'pull',
    headers: { accept: MANIFEST_ACCEPT },
    expect: [200, 404],
    signal,
  });
  const bytes = await readAll(answer.body, MAXIMUM_BYTES, `${of.host}/${of.repository}, ${path},`);
  if (answer.status === 404) {
    return undefined;
  }
  const parsed = ImageIndex.safeParse(JSON.parse(bytes.toString()));
  return parsed.success ? parsed.data.manifests : undefined;
}
