/** The content of an uploaded file, found by the address that deployments name it by. */
import { FarledError, type WorkspaceReference } from '@farled/contract';
import type { StagedFile, StagedFileContent } from '@farled/state';

import type { CompatibleParts } from '../parts.ts';
import { parseArtifactUrl } from './artifact-url.ts';

export interface UploadedFile extends StagedFileContent {
  /** As it was uploaded: `score.py`. */
  readonly path: string;
}

/**
 * Finds a file by `aml://artifact/LocalUpload/{container}/{path}`.
 *
 * @throws FarledError BadArgument for another address; ArtifactNotFound when it was not uploaded, or so long ago that it
 * was cleared away; WorkspaceNotFound.
 */
export async function stagedFile(
  { state }: Pick<CompatibleParts, 'state'>,
  workspace: WorkspaceReference,
  url: string,
): Promise<UploadedFile> {
  const { container, path } = parseArtifactUrl(url);
  const { key } = await state.workspaces.get(workspace);
  const found = await state.stagedFiles.find(key, container, path);
  return uploaded(found, url);
}

/** @throws FarledError ArtifactNotFound when there is none, or when nothing was uploaded to it. */
function uploaded(file: StagedFile | undefined, name: string): UploadedFile {
  if (file === undefined) {
    throw new FarledError('ArtifactNotFound', `There is no uploaded file "${name}".`, {
      suggestion: 'Upload it again: what nothing refers to is cleared away after a day.',
    });
  }
  if (file.content === null) {
    throw new FarledError('ArtifactNotFound', `The upload of "${name}" did not end.`, {
      suggestion: 'Upload it again.',
    });
  }
  return { path: file.path, ...file.content };
}
