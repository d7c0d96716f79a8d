/** Environments as azureml-core writes and reads them. */
import { type Environment, EnvironmentDefinition, isUsualAzuremlBaseImage, parseOrThrow } from '@farled/contract';

import { refuseUnbuilt } from './refuse-unbuilt.ts';
import { WireDefinition } from './wire-definition.ts';

/**
 * Takes a definition with the keys of a deployment (`environmentVariables`) or of a registration
 * (`EnvironmentVariables`, `Docker`). Members that nothing here knows are passed over, and null is what is not said.
 * Variables are taken as they are, those that begin with `AZUREML_` too.
 *
 * @param name takes the place of the one in the body.
 * @throws FarledError BadArgument naming the members that can't be used; NotSupportedYet for what Farled has not.
 */
export function fromWireEnvironment(body: unknown, name?: string): EnvironmentDefinition {
  const wire = parseOrThrow(WireDefinition, body, 'The environment');
  refuseUnbuilt(wire);
  const { condaDependenciesFile: _file, condaDependencies, ...python } = wire.python ?? {};
  const { buildContext: _context, baseImage, baseImageRegistry, ...docker } = wire.docker ?? {};
  const { registryIdentity: _identity, ...registry } = baseImageRegistry ?? {};
  const { r: _r, ...rest } = wire;
  return parseOrThrow(
    EnvironmentDefinition,
    {
      ...rest,
      name: name ?? wire.name,
      databricks: asksForSomething(wire.databricks) ? wire.databricks : {},
      python: {
        ...python,
        condaDependencies: asksForSomething(condaDependencies, ['channels', 'dependencies']) ? condaDependencies : null,
      },
      docker: { ...docker, baseImage: chosen(baseImage), baseImageRegistry: registry },
    },
    'The environment',
  );
}

/** The base image that somebody chose; what azureml-core writes by itself leaves it to the server. */
function chosen(image: string | undefined): string | null {
  return image === undefined || image === '' || isUsualAzuremlBaseImage(image) ? null : image;
}

/** Of lists that are all empty, a deployment has some where the registration of the same environment has none. */
function asksForSomething(section: unknown, members?: readonly string[]): boolean {
  return Object.entries(section ?? {}).some(
    ([name, value]) => (members?.includes(name) ?? true) && !(Array.isArray(value) && value.length === 0),
  );
}

/** With `python.condaDependencies` and `docker`, which azureml-core takes to be there. No password is in it. */
export function toWireEnvironment({ name, version, definition }: Environment) {
  const { python, docker, spark, databricks, environmentVariables, inferencingStackVersion } = definition;
  const { gpuSupport: _gpu, baseImageRegistry, ...container } = docker;
  return {
    name,
    version,
    environmentVariables,
    python: {
      ...python,
      condaDependenciesFile: null,
      condaDependencies: python.condaDependencies ?? NO_DEPENDENCIES,
    },
    docker: { ...container, buildContext: null, baseImageRegistry: { ...baseImageRegistry, registryIdentity: null } },
    spark,
    databricks,
    r: null,
    inferencingStackVersion,
    assetId: null,
  };
}

const NO_DEPENDENCIES = { name: 'project_environment', channels: [], dependencies: [] };
