/** The models that `-m` and `-f` name. */
import { resolve } from 'node:path';

import { Model, type Workspace } from '@farled/sdk';

import type { Parts } from '../../command.ts';
import { readMetadata } from '../model/metadata-file.ts';

interface Named {
  readonly models: readonly string[];
  readonly modelMetadataFiles: readonly string[];
}

export async function modelsNamed(
  { models, modelMetadataFiles }: Named,
  workspace: Workspace,
  { folder, signal }: Pick<Parts, 'folder' | 'signal'>,
): Promise<Model[]> {
  const fromFiles = await Promise.all(modelMetadataFiles.map((file) => readMetadata(resolve(folder, file))));
  return Promise.all(
    [...models, ...fromFiles].map((name) =>
      Model.get(workspace, name.includes(':') ? { id: name } : { name }, { signal }),
    ),
  );
}
