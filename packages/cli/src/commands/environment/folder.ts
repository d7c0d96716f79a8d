/** An environment as the folder that `az ml` keeps it in. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { CondaDependencies, fileError, type Environment } from '@farled/sdk';

import { environmentFields } from './columns.ts';

const DEFINITION = 'azureml_environment.json';
const CONDA = 'conda_dependencies.yml';

/** Writes both documents; refuses to replace one unless asked to. Returns the folder. */
export async function writeEnvironmentFolder(
  folder: string,
  environment: Environment,
  { overwrite }: { overwrite: boolean },
): Promise<string> {
  const { python, ...fields } = environmentFields(environment);
  const { condaDependencies, ...section } = python;
  const conda = new CondaDependencies(condaDependencies ?? {});
  await mkdir(folder, { recursive: true });
  await write(join(folder, DEFINITION), `${JSON.stringify({ ...fields, python: section }, null, 2)}\n`, overwrite);
  if (condaDependencies !== null) {
    await write(join(folder, CONDA), conda.serialize(), overwrite);
  }
  return folder;
}

async function write(path: string, content: string, overwrite: boolean): Promise<void> {
  try {
    await writeFile(path, content, { flag: overwrite ? 'w' : 'wx' });
  } catch (error) {
    throw fileError(error, 'The file', path);
  }
}
