/** The files that a name stands for: what was uploaded, and what models consist of. */
import { ModelId, routes, type WorkspaceReference } from '@farled/contract';

import type { ReadableFile } from '../blobs/blob-address.ts';
import { packageOf } from '../packages/package-files.ts';
import type { CompatibleParts } from '../parts.ts';
import { type ArtifactName, ORIGIN } from './artifact-url.ts';

export interface NamedFile extends ReadableFile {
  readonly path: string;
  readonly size: number;
}

/** What all files of a registered model are named by, also of one that was registered otherwise. */
export function modelPrefix(modelId: string): string {
  return `${ORIGIN}/${modelId}/`;
}

/**
 * The file of that name, or those in the folder of that name, by path; only those that are wholly there.
 *
 * @throws FarledError ModelNotFound, WorkspaceNotFound.
 */
export async function filesBelow(
  { api, state }: Pick<CompatibleParts, 'api' | 'state'>,
  workspace: WorkspaceReference,
  { container, path }: ArtifactName,
  signal: AbortSignal,
): Promise<readonly NamedFile[]> {
  if (ModelId.safeParse(container).success) {
    const params = { ...workspace, model: container };
    const model = await api.call(routes.models.get, { params, query: undefined, body: undefined }, { signal });
    return model.files
      .filter((file) => path === '' || file.path === path || file.path.startsWith(`${path}/`))
      .map((file) => ({ path: file.path, sha256: file.sha256, size: file.size, time: model.createdTime }));
  }
  const packageId = packageOf(container);
  if (packageId !== undefined) {
    const params = { ...workspace, package: packageId };
    const made = await api.call(routes.packages.get, { params, query: undefined, body: undefined }, { signal });
    return made.files
      .filter((file) => path === '' || file.path === path || file.path.startsWith(`${path}/`))
      .map((file) => ({ path: file.path, sha256: file.sha256, size: file.size, time: made.createdTime }));
  }
  const { key } = await state.workspaces.get(workspace);
  const found = await state.stagedFiles.below(key, container, path);
  return found.flatMap((file) =>
    file.content === null ? [] : [{ path: file.path, ...file.content, time: file.uploadedTime ?? file.createdTime }],
  );
}
