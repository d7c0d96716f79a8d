/** Where the result of an operation is that made a package. */
import { type Operation, type Package, routes, type WorkspaceReference } from '@farled/contract';

import { downloadAddress } from '../blobs/blob-address.ts';
import type { CompatibleParts } from '../parts.ts';
import { inlineFiles, toManifest } from './manifest.ts';

export interface PackageFacts {
  readonly operationType: 'PackageDockerImage' | 'PackageDockerBuildContext';
  /** Of an image its name, of a Dockerfile the address of the manifest; null while there is neither. */
  readonly resourceLocation: string | null;
}

export async function packageFacts(
  parts: Pick<CompatibleParts, 'api' | 'state' | 'artifacts' | 'url' | 'clock'>,
  workspace: WorkspaceReference,
  { id, state }: Operation,
  signal: AbortSignal,
): Promise<PackageFacts> {
  const input = { params: { ...workspace, package: id }, query: undefined, body: undefined };
  const made = await parts.api.call(routes.packages.get, input, { signal });
  if (made.form === 'image') {
    return { operationType: 'PackageDockerImage', resourceLocation: made.location };
  }
  const isMade = state === 'Succeeded';
  return {
    operationType: 'PackageDockerBuildContext',
    resourceLocation: isMade ? await manifestAddress(parts, made) : null,
  };
}

/** Written anew for each who asks: it is fetched at once, and cleared away as nothing refers to it. */
async function manifestAddress(
  parts: Pick<CompatibleParts, 'state' | 'artifacts' | 'url' | 'clock'>,
  made: Package,
): Promise<string> {
  const { artifacts } = parts;
  const contents = new Map<string, Uint8Array>();
  for (const { path, sha256 } of inlineFiles(made)) {
    contents.set(path, await bytesOf(await artifacts.open(sha256)));
  }
  const { sha256 } = await artifacts.add(once(Buffer.from(JSON.stringify(toManifest(made, contents)))));
  return downloadAddress(parts, { sha256, time: made.createdTime });
}

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
