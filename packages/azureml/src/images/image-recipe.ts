import type { WorkspaceReference } from '@farled/contract';

import type { CompatibleParts } from '../parts.ts';
import type { Code } from '../services/deployment.ts';
import { parseImageId } from './image-id.ts';

/** What a service is to run that is made of an image. @throws FarledError ImageNotFound, WorkspaceNotFound. */
export async function imageRecipe(
  { state }: Pick<CompatibleParts, 'state'>,
  workspace: WorkspaceReference,
  imageId: string,
): Promise<Code> {
  const { name, version } = parseImageId(imageId);
  const { key } = await state.workspaces.get(workspace);
  const { recipe } = await state.legacyImages.get(key, name, version);
  const { models, entryScript, source, environment } = recipe;
  return { models: [...models], inference: { entryScript, source, environment } };
}
