/** The file that chains `model register -t` to `model deploy -f`. */
import { writeFile } from 'node:fs/promises';

import { FarledError, ModelId } from '@farled/contract';
import { fileError, readDocument, type Model } from '@farled/sdk';

const WHAT = 'The model metadata file';

export async function writeMetadata(path: string, model: Model): Promise<void> {
  const { name: workspaceName, resourceGroup: resourceGroupName, subscriptionId } = model.workspace;
  const fields = { modelId: model.id, workspaceName, resourceGroupName, subscriptionId };
  try {
    await writeFile(path, `${JSON.stringify(fields, null, 2)}\n`);
  } catch (error) {
    throw fileError(error, WHAT, path);
  }
}

/** Id of the model that the file names. */
export async function readMetadata(path: string): Promise<string> {
  const text = await readDocument(path, WHAT);
  const id = ModelId.safeParse(modelIdIn(text));
  if (!id.success) {
    throw new FarledError('InvalidDocument', `${WHAT} "${path}" names no model.`, {
      suggestion: 'Write it with `farled model register -t FILE`.',
    });
  }
  return id.data;
}

function modelIdIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { modelId?: unknown } | null)?.modelId;
  } catch {
    return undefined;
  }
}
