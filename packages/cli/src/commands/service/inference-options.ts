/** The inference config as options and files, for `model deploy` and `service update`. */
import { basename, dirname, resolve } from 'node:path';

import { FarledError } from '@farled/contract';
import { Environment, InferenceConfig, readEnvironmentFolder, readInferenceConfig, type Workspace } from '@farled/sdk';

import type { Parts, ValuesOf } from '../../command.ts';
import { text, texts, unbuilt } from '../../parse/options.ts';

const LEGACY = 'Say it in the inference config document (-ic).';

export const INFERENCE_OPTIONS = {
  inferenceConfigFile: text(
    '--ic --inference-config-file',
    'PATH',
    'Inference config, JSON or YAML; paths in it start at its own folder.',
  ),
  entryScript: text('--es --entry-script', 'PATH', 'Entry script, relative to the source directory.'),
  sourceDirectory: text('--sd --source-directory', 'PATH', 'Folder with the code; all of it goes along.'),
  condaFile: text('--cf --conda-file', 'PATH', 'Conda file with the packages, relative to the source directory.'),
  environmentName: text('-e --environment-name', 'NAME', 'Registered environment to use.'),
  environmentVersion: text('--ev --environment-version', 'VERSION', 'Its version; the newest by default.'),
  environmentDirectory: text('--ed --environment-directory', 'PATH', 'Folder with azureml_environment.json.'),
  runtime: text('--rt --runtime', 'NAME', 'Only python.'),
  extraDockerfileSteps: unbuilt('--ds --extra-docker-file-steps', LEGACY),
  baseImage: unbuilt('--bi --base-image', LEGACY),
  baseImageRegistry: unbuilt('--ir --base-image-registry', LEGACY),
  enableGpu: unbuilt('--eg --enable-gpu', LEGACY),
  cudaVersion: unbuilt('--cv --cuda-version', LEGACY),
  models: texts(
    '-m --model',
    'NAME[:VERSION]',
    'Model to deploy, the newest version unless one is named; repeat it for several.',
  ),
  modelMetadataFiles: texts(
    '-f --model-metadata-file',
    'PATH',
    'File of `farled model register -t`; repeat it for several.',
  ),
} as const;
type InferenceValues = ValuesOf<typeof INFERENCE_OPTIONS>;

/** Undefined when nothing of it was said. An option goes before the document. */
export async function inferenceOf(
  values: InferenceValues,
  workspace: Workspace,
  { folder, signal }: Pick<Parts, 'folder' | 'signal'>,
): Promise<InferenceConfig | undefined> {
  const { inferenceConfigFile, entryScript, runtime } = values;
  if (runtime !== undefined && runtime !== 'python') {
    throw new FarledError('BadArgument', `--runtime must be python, not "${runtime}".`);
  }
  const sourceDirectory = values.sourceDirectory === undefined ? undefined : resolve(folder, values.sourceDirectory);
  const environment = await environmentOf(values, workspace, sourceDirectory ?? folder, { folder, signal });
  if (inferenceConfigFile !== undefined) {
    const document = await readInferenceConfig(resolve(folder, inferenceConfigFile), { environment });
    return new InferenceConfig({
      entryScript: entryScript ?? document.entryScript,
      sourceDirectory: sourceDirectory ?? document.sourceDirectory,
      environment: document.environment,
      description: document.description,
    });
  }
  if (entryScript === undefined) {
    if (environment !== undefined || sourceDirectory !== undefined) {
      throw new FarledError('BadArgument', 'The entry script is not named.', {
        suggestion: 'Name it with -es or -ic.',
      });
    }
    return undefined;
  }
  if (environment === undefined) {
    throw new FarledError('BadArgument', `The entry script "${entryScript}" has no environment.`, {
      suggestion: 'Name one with -e, -ed or -cf, or write it into a document for -ic.',
    });
  }
  const script = sourceDirectory === undefined ? resolve(folder, entryScript) : entryScript;
  return new InferenceConfig({ entryScript: script, sourceDirectory, environment });
}

async function environmentOf(
  values: InferenceValues,
  workspace: Workspace,
  base: string,
  { folder, signal }: Pick<Parts, 'folder' | 'signal'>,
): Promise<Environment | undefined> {
  const { environmentName: name, environmentVersion: version, environmentDirectory, condaFile } = values;
  const said = [name, environmentDirectory, condaFile].filter((one) => one !== undefined);
  if (said.length > 1) {
    throw new FarledError('BadArgument', 'Only one of -e, -ed and -cf can name the environment.');
  }
  if (name !== undefined) {
    return Environment.get(workspace, { name, version, signal });
  }
  if (environmentDirectory !== undefined) {
    return readEnvironmentFolder(resolve(folder, environmentDirectory));
  }
  if (condaFile === undefined) {
    return undefined;
  }
  const filePath = resolve(base, condaFile);
  return Environment.fromCondaSpecification({ name: nameFromFile(filePath), filePath });
}

/** A conda file has no environment name that always fits; its folder's and its own make one that stays the same. */
function nameFromFile(path: string): string {
  const name = `${basename(dirname(path))}-${basename(path).replace(/\.[^.]*$/, '')}`.replaceAll(
    /[^A-Za-z0-9_.-]/g,
    '-',
  );
  return /^[A-Za-z0-9]/.test(name) ? name : `env-${name}`;
}
