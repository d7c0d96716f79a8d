/** Assets: what a registration names the uploaded files by, and what a download finds them by. */
import { FarledError, type FileManifest, parseOrThrow, routes, type WorkspaceReference } from '@farled/contract';
import { z } from 'zod';

import { type ArtifactName, parsePrefix } from '../artifacts/artifact-url.ts';
import { filesBelow, modelPrefix } from '../artifacts/files.ts';
import type { CompatibleParts } from '../parts.ts';
import { assetId, assetIdOf, parseAssetId } from './asset-id.ts';

type AssetParts = Pick<CompatibleParts, 'api' | 'state' | 'clock'>;

export interface WireAsset {
  readonly id: string;
  readonly name: string;
  readonly artifacts: readonly { readonly prefix: string }[];
  readonly createdTime: string;
}

const NewAsset = z.object({
  name: z.string(),
  artifacts: z
    .array(z.object({ prefix: z.string().nullish(), id: z.string().nullish() }))
    .min(1)
    .max(100),
});

/**
 * Names files that were uploaded.
 *
 * @throws FarledError BadArgument; ArtifactNotFound naming those whose upload did not end.
 */
export async function createAsset(
  parts: AssetParts,
  workspace: WorkspaceReference,
  body: unknown,
  signal: AbortSignal,
): Promise<WireAsset> {
  const wire = parseOrThrow(NewAsset, body, 'The asset');
  const prefixes = wire.artifacts.map(({ prefix, id }) => prefix ?? id ?? '');
  const id = assetId(wire.name, prefixes);
  if (id === undefined) {
    throw new FarledError('BadArgument', `The names of the asset "${wire.name}" are too long.`);
  }
  await filesOfPrefixes(parts, workspace, prefixes, signal);
  return { id, name: wire.name, artifacts: prefixes.map((prefix) => ({ prefix })), createdTime: now(parts) };
}

/** Of a model too that was registered without one. @throws FarledError ArtifactNotFound, ModelNotFound. */
export async function readAsset(
  parts: AssetParts,
  workspace: WorkspaceReference,
  id: string,
  signal: AbortSignal,
): Promise<WireAsset> {
  const reference = parseAssetId(id);
  if (reference === undefined) {
    throw unknownAsset(id);
  }
  if (reference.kind === 'model') {
    const { name, createdTime } = await readModel(parts, workspace, reference.id, signal);
    return { id, name, artifacts: [{ prefix: modelPrefix(reference.id) }], createdTime };
  }
  const { name, prefixes } = reference;
  return { id, name, artifacts: prefixes.map((prefix) => ({ prefix })), createdTime: now(parts) };
}

/**
 * The files that `aml://asset/{id}` names, as a model has them: a folder's own name is the first part of their paths.
 *
 * @throws FarledError BadArgument for another address; ArtifactNotFound.
 */
export async function filesOfAsset(
  parts: AssetParts,
  workspace: WorkspaceReference,
  url: string,
  signal: AbortSignal,
): Promise<FileManifest> {
  const id = assetIdOf(url);
  if (id === undefined) {
    throw new FarledError('BadArgument', `"${url}" is not the address of an asset.`, {
      suggestion: 'Register from a file or a folder: Model.register(ws, model_path, model_name).',
    });
  }
  const reference = parseAssetId(id);
  if (reference === undefined) {
    throw unknownAsset(id);
  }
  return reference.kind === 'model'
    ? (await readModel(parts, workspace, reference.id, signal)).files
    : filesOfPrefixes(parts, workspace, reference.prefixes, signal);
}

async function filesOfPrefixes(
  parts: AssetParts,
  workspace: WorkspaceReference,
  prefixes: readonly string[],
  signal: AbortSignal,
): Promise<FileManifest> {
  const files: FileManifest = [];
  for (const prefix of prefixes) {
    const name = parsePrefix(prefix, 'The prefix');
    await refuseUnfinished(parts, workspace, name);
    const found = await filesBelow(parts, workspace, name, signal);
    if (found.length === 0) {
      throw new FarledError('ArtifactNotFound', `There are no uploaded files below "${prefix}".`, {
        suggestion: 'Upload them again: what nothing refers to is cleared away after a day.',
      });
    }
    const above = name.path.slice(0, name.path.lastIndexOf('/') + 1);
    files.push(...found.map(({ path, sha256, size }) => ({ path: path.slice(above.length), sha256, size })));
  }
  return files;
}

/** Clients go on when an upload fails; a model without some of its files is none. */
async function refuseUnfinished(
  { state }: AssetParts,
  workspace: WorkspaceReference,
  name: ArtifactName,
): Promise<void> {
  const { key } = await state.workspaces.get(workspace);
  const unfinished = (await state.stagedFiles.below(key, name.container, name.path)).filter(
    ({ content }) => content === null,
  );
  const [first] = unfinished;
  if (first !== undefined) {
    const more = unfinished.length > 1 ? ` and of ${unfinished.length - 1} more` : '';
    throw new FarledError('ArtifactNotFound', `The upload of "${first.path}"${more} did not end.`, {
      suggestion: 'Register the model again.',
    });
  }
}

function readModel({ api }: AssetParts, workspace: WorkspaceReference, model: string, signal: AbortSignal) {
  return api.call(
    routes.models.get,
    { params: { ...workspace, model }, query: undefined, body: undefined },
    { signal },
  );
}

function unknownAsset(id: string): FarledError {
  return new FarledError('ArtifactNotFound', `There is no asset "${id}" in this workspace.`);
}

function now({ clock }: AssetParts): string {
  return new Date(clock.now()).toISOString();
}
