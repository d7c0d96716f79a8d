/** What an environment is made of, decided before anything is installed, and the digest of it. */
import { createHash } from 'node:crypto';

import { CondaDependencies, type EnvironmentDefinition, FarledError } from '@farled/contract';

import { decideAzureml } from './azureml.ts';
import type { VersionClause } from './conda/match-spec.ts';
import { toPipRequirements } from './conda/requirements.ts';
import { type IndexOptions, nameOf } from './pip-entry.ts';
import { formatMinor, type PythonVersion } from './python/version.ts';

export interface Recipe {
  readonly python: readonly VersionClause[];
  /** Lines of the requirements file, sorted, each once. */
  readonly requirements: readonly string[];
  readonly index: IndexOptions;
  readonly notes: readonly string[];
}

/** Raised when the same recipe comes to give another result. */
const BUILDER_VERSION = 1;

/** Conda environments always hold setuptools, and packages of that time take pkg_resources from it, which 81 dropped. */
const SETUPTOOLS = 'setuptools<81';

/** @throws FarledError EnvironmentBuildFailed or NotSupportedYet naming what can't be used. */
export function recipeOf(
  definition: EnvironmentDefinition,
  options: { readonly imported: ReadonlySet<string>; readonly realServer: boolean },
): Recipe {
  const conda = toPipRequirements(definition.python.condaDependencies ?? CondaDependencies.parse({}));
  const azureml = decideAzureml(conda.requirements, options.imported, options.realServer);
  const all = azureml.requirements.some((line) => nameOf(line) === 'setuptools')
    ? azureml.requirements
    : [...azureml.requirements, SETUPTOOLS];
  return {
    python: conda.python,
    requirements: [...new Set(all)].toSorted(),
    index: conda.index,
    notes: [...conda.notes, ...azureml.notes],
  };
}

/** Refuses what needs an image builder or a conda installation; replicas of this machine run without images. */
export function refuseUnbuildable(
  definition: EnvironmentDefinition,
  target: 'machine' | 'package' | 'service image',
): void {
  const { name, docker, python } = definition;
  if (docker.baseDockerfile !== null && target !== 'service image') {
    throw refuseDockerfile(definition, target);
  }
  if (python.baseCondaEnvironment !== null) {
    throw new FarledError(
      'NotSupportedYet',
      `Environment "${name}" builds on the conda environment "${python.baseCondaEnvironment}".`,
      {
        suggestion:
          'List its packages in condaDependencies, or set userManagedDependencies and the interpreterPath of that environment.',
      },
    );
  }
}

/** The steps of a Dockerfile run in the cluster that a service is for; nothing else has room and rights for them. */
export function refuseDockerfile({ name }: EnvironmentDefinition, target: 'machine' | 'package'): FarledError {
  return target === 'machine'
    ? new FarledError(
        'NotSupportedYet',
        `Environment "${name}" has a baseDockerfile, and this machine's replicas run without images.`,
        {
          suggestion:
            'List its Python packages in condaDependencies, install its other programs on this machine, and leave baseDockerfile out.',
        },
      )
    : new FarledError(
        'NotSupportedYet',
        `Environment "${name}" has a baseDockerfile, whose steps run only for services on a Kubernetes, in their cluster.`,
        { suggestion: 'For a package, build that image where there is a builder, push it, and name it as baseImage.' },
      );
}

/** Everything that decides what is in the folder. */
export function digestOf({ requirements, index }: Recipe, python: PythonVersion): string {
  return digest([formatMinor(python), requirements, index]);
}

/** Everything that was asked for, before it is known which Python there is for it. */
export function wishOf({ python, requirements, index }: Recipe, policy: 'exact' | 'nearest'): string {
  return digest([policy, python, requirements, index]);
}

function digest(decides: readonly unknown[]): string {
  const all = [BUILDER_VERSION, process.platform, process.arch, ...decides];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 32);
}

export function notesOnImages({ docker }: EnvironmentDefinition): string[] {
  return docker.baseImage === null
    ? []
    : [`Base image ${docker.baseImage} is kept for Kubernetes; on this machine replicas run without images.`];
}
