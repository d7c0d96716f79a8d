/** Documents of a folder as what deployments take; paths in them start at the document's own folder. */
import { dirname, join, resolve } from 'node:path';

import { FarledError, type InferenceConfigDocument } from '@farled/contract';

import { CondaDependencies } from '../conda-dependencies.ts';
import { checkDeploymentConfig, type DeploymentConfiguration } from '../documents/deployment-config.ts';
import { checkEnvironment, checkInferenceConfig } from '../documents/inference-config.ts';
import { Environment } from '../environment.ts';
import { InferenceConfig } from '../inference-config.ts';
import { readDocument } from './read-file.ts';

type EnvironmentFields = NonNullable<InferenceConfigDocument['environment']>;

/**
 * inferenceconfig.json or .yml. `environment` stands in for one that the document does not define.
 *
 * @throws FarledError InvalidDocument
 */
export async function readInferenceConfig(
  path: string,
  { environment }: { environment?: Environment | undefined } = {},
): Promise<InferenceConfig> {
  const text = await readDocument(path, 'The inference config');
  const document = checkInferenceConfig({ file: path, text });
  const sourceDirectory = resolve(dirname(path), document.sourceDirectory ?? '.');
  const own = document.environment ?? undefined;
  const chosen = environment ?? (own === undefined ? undefined : await readEnvironment(own, sourceDirectory));
  if (chosen === undefined) {
    throw new FarledError('InvalidDocument', `The inference config "${path}" has no environment.`, {
      suggestion: 'Add the field environment, or name a registered one with -e NAME.',
    });
  }
  return new InferenceConfig({
    entryScript: document.entryScript,
    sourceDirectory,
    environment: chosen,
    description: document.description ?? undefined,
  });
}

/** deploymentconfig.json or .yml. @throws FarledError InvalidDocument, NotSupportedYet */
export async function readDeploymentConfig(path: string): Promise<DeploymentConfiguration> {
  return checkDeploymentConfig({ file: path, text: await readDocument(path, 'The deployment config') });
}

/** A folder with azureml_environment.json and, where that names no packages, conda_dependencies.yml. */
export async function readEnvironmentFolder(folder: string): Promise<Environment> {
  const file = join(folder, 'azureml_environment.json');
  const document = checkEnvironment({ file, text: await readDocument(file, 'The environment') });
  const environment = await readEnvironment(document, folder);
  if (environment.python.condaDependencies === null && !environment.python.userManagedDependencies) {
    environment.python.condaDependencies = await CondaDependencies.fromFile(join(folder, 'conda_dependencies.yml'));
  }
  return environment;
}

async function readEnvironment({ name, python, ...fields }: EnvironmentFields, folder: string): Promise<Environment> {
  const { condaDependenciesFile, ...section } = python;
  const environment = new Environment(name, { ...fields, version: null, python: section });
  if (typeof condaDependenciesFile === 'string') {
    environment.python.condaDependencies = await CondaDependencies.fromFile(resolve(folder, condaDependenciesFile));
  }
  return environment;
}
