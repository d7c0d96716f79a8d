import { EnvironmentDefinition } from '@farled/contract';
import { describe, expect, test } from 'vitest';

import { fromWireEnvironment, toWireEnvironment } from './wire-environment.ts';

/** As azureml-core 1.61 deploys an environment of which only a package and a variable were said. */
const DEPLOYED = {
  name: 'myenv',
  version: null,
  environmentVariables: { EXAMPLE_ENV_VAR: 'EXAMPLE_VALUE', AZUREML_ENTRY_SCRIPT: 'src/score.py' },
  python: {
    userManagedDependencies: false,
    interpreterPath: 'python',
    condaDependenciesFile: null,
    baseCondaEnvironment: null,
    condaDependencies: {
      name: 'project_environment',
      channels: ['conda-forge'],
      dependencies: ['python=3.8', { pip: ['azureml-defaults', 'scikit-learn==0.24.2'] }],
    },
  },
  docker: {
    enabled: false,
    baseImage: 'mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20251130.v1',
    baseDockerfile: null,
    buildContext: null,
    baseImageRegistry: { address: null, username: null, password: null, registryIdentity: null },
    platform: { os: 'Linux', architecture: 'amd64' },
    sharedVolumes: true,
    shmSize: '2g',
    arguments: [],
  },
  spark: { repositories: [], packages: [], precachePackages: true },
  databricks: { mavenLibraries: [], pypiLibraries: [], rcranLibraries: [], jarLibraries: [], eggLibraries: [] },
  r: null,
  inferencingStackVersion: null,
  assetId: null,
};

const definition = (docker: object) => fromWireEnvironment({ ...DEPLOYED, docker: { ...DEPLOYED.docker, ...docker } });

describe('from the wire', () => {
  test('an environment of a deployment is taken with all that it says', () => {
    expect(fromWireEnvironment(DEPLOYED)).toEqual({
      name: 'myenv',
      version: null,
      environmentVariables: { EXAMPLE_ENV_VAR: 'EXAMPLE_VALUE', AZUREML_ENTRY_SCRIPT: 'src/score.py' },
      python: {
        userManagedDependencies: false,
        interpreterPath: 'python',
        condaDependencies: DEPLOYED.python.condaDependencies,
        baseCondaEnvironment: null,
      },
      docker: {
        enabled: false,
        baseImage: null,
        baseDockerfile: null,
        sharedVolumes: true,
        shmSize: '2g',
        arguments: [],
        baseImageRegistry: { address: null, username: null, password: null },
        platform: { os: 'Linux', architecture: 'amd64' },
        gpuSupport: false,
      },
      spark: DEPLOYED.spark,
      databricks: {},
      inferencingStackVersion: null,
    });
  });

  test('the keys of a registration, some with a capital, mean the same', () => {
    const { name, environmentVariables, docker, spark, inferencingStackVersion, python, r } = DEPLOYED;
    const registered = {
      Name: name,
      EnvironmentVariables: environmentVariables,
      Docker: docker,
      Spark: spark,
      InferencingStackVersion: inferencingStackVersion,
      python,
      r,
    };
    expect(fromWireEnvironment(registered)).toEqual(fromWireEnvironment(DEPLOYED));
  });

  test('names of variables keep their letters', () => {
    expect(fromWireEnvironment({ name: 'a', EnvironmentVariables: { Upper: 'X' } }).environmentVariables).toEqual({
      Upper: 'X',
    });
  });

  test('a name alone is enough', () => {
    expect(fromWireEnvironment({ name: 'a' })).toEqual(EnvironmentDefinition.parse({ name: 'a' }));
  });

  test('null is what is not said, everywhere', () => {
    const nothing = {
      version: null,
      environmentVariables: null,
      python: null,
      docker: null,
      spark: null,
      databricks: null,
    };
    const inside = {
      python: { userManagedDependencies: null, interpreterPath: null, condaDependencies: null },
      docker: { enabled: null, baseImageRegistry: null, platform: null, arguments: null },
      spark: { repositories: null, packages: null, precachePackages: null },
    };
    expect(fromWireEnvironment({ name: 'a', ...nothing })).toEqual(EnvironmentDefinition.parse({ name: 'a' }));
    expect(fromWireEnvironment({ name: 'a', ...inside })).toEqual(EnvironmentDefinition.parse({ name: 'a' }));
  });

  test('members that nothing knows are passed over', () => {
    const strange = { name: 'a', future: 1, python: { future: 1 }, docker: { future: { deep: [] } } };
    expect(fromWireEnvironment(strange)).toEqual(EnvironmentDefinition.parse({ name: 'a' }));
  });

  test('the name of the path takes the place of the one in the body', () => {
    expect(fromWireEnvironment({ Name: 'body' }, 'path').name).toBe('path');
  });

  test('a conda file that asks for nothing is none', () => {
    const { python } = fromWireEnvironment({
      name: 'a',
      python: { condaDependencies: { name: 'project_environment', dependencies: [] } },
    });
    expect(python.condaDependencies).toBeNull();
  });

  test('libraries of Databricks are kept', () => {
    const databricks = { ...DEPLOYED.databricks, pypiLibraries: [{ package: 'x' }] };
    expect(fromWireEnvironment({ name: 'a', databricks }).databricks).toEqual(databricks);
  });

  test('numbers among the variables become text', () => {
    expect(fromWireEnvironment({ name: 'a', environmentVariables: { THREADS: 4 } }).environmentVariables).toEqual({
      THREADS: '4',
    });
  });

  test.each([
    'mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20251130.v1',
    'mcr.microsoft.com/azureml/openmpi3.1.2-ubuntu18.04:20210615.v1',
    'mcr.microsoft.com/azureml/openmpi3.1.2-ubuntu18.04',
    'mcr.microsoft.com/azureml/intelmpi2018.3-ubuntu16.04:20200423.v1',
    'mcr.microsoft.com/azureml/base:intelmpi2018.3-ubuntu16.04',
    '',
  ])('base image "%s" was chosen by nobody', (baseImage) => {
    expect(definition({ baseImage }).docker.baseImage).toBeNull();
  });

  test.each([
    'mcr.microsoft.com/azureml/openmpi4.1.0-cuda11.8-cudnn8-ubuntu22.04:20251130.v1',
    'mcr.microsoft.com/azureml/minimal-ubuntu22.04-py39-cpu-inference:latest',
    'registry.example/azureml/openmpi4.1.0-ubuntu22.04:20251130.v1',
    'python:3.11-slim',
  ])('base image "%s" was chosen', (baseImage) => {
    expect(definition({ baseImage }).docker.baseImage).toBe(baseImage);
  });

  test('a Dockerfile, a registry with its password and a platform are taken', () => {
    const baseImageRegistry = { address: 'registry.example', username: 'u', password: 'p', registryIdentity: null };
    const { docker } = definition({
      baseDockerfile: 'FROM a',
      baseImageRegistry,
      platform: { os: 'Linux', architecture: 'arm64' },
    });
    expect(docker).toMatchObject({
      baseImage: null,
      baseDockerfile: 'FROM a',
      baseImageRegistry: { address: 'registry.example', username: 'u', password: 'p' },
      platform: { architecture: 'arm64' },
    });
  });
});

describe('what can not be used is named', () => {
  test.each<readonly [string, unknown, string]>([
    ['no object', 'text', 'must be an object'],
    ['a list', [], 'must be an object'],
    ['nothing', undefined, 'must be an object'],
    ['no name', {}, 'name'],
    ['a name of nobody', { name: 'AzureML-sklearn' }, 'name'],
    ['python as a text', { name: 'a', python: 'x' }, 'python'],
    ['conda as a text', { name: 'a', python: { condaDependencies: 'name: x' } }, 'python.condaDependencies'],
    ['docker as a list', { name: 'a', docker: [] }, 'docker'],
    ['a base image as a number', { name: 'a', docker: { baseImage: 1 } }, 'docker.baseImage'],
    ['two bases', { name: 'a', docker: { baseImage: 'x', baseDockerfile: 'FROM y' } }, 'docker'],
    ['a list of variables', { name: 'a', environmentVariables: ['x'] }, 'environmentVariables'],
    ['a variable that is an object', { name: 'a', environmentVariables: { X: {} } }, 'environmentVariables.X'],
    ['a variable of a strange name', { name: 'a', environmentVariables: { 'x y': '1' } }, 'environmentVariables.x y'],
    ['a stack of the future', { name: 'a', inferencingStackVersion: 'next' }, 'inferencingStackVersion'],
    [
      'a conda file that was not sent',
      { name: 'a', python: { condaDependenciesFile: 'c.yml' } },
      'condaDependenciesFile',
    ],
    ['a folder with a Dockerfile', { name: 'a', docker: { buildContext: { location: 'x' } } }, 'docker.buildContext'],
    ['packages of R', { name: 'a', r: { rVersion: '3.6', cranPackages: [{ name: 'x' }] } }, 'r:'],
    [
      'a managed identity',
      { name: 'a', docker: { baseImageRegistry: { registryIdentity: { clientId: 'x' } } } },
      'registryIdentity',
    ],
  ])('%s', (_what, body, named) => {
    expect(() => fromWireEnvironment(body)).toThrow(named);
  });

  test('an empty section of R asks for nothing', () => {
    const r = { rVersion: null, userManaged: false, cranPackages: [], snapshotDate: null };
    expect(fromWireEnvironment({ name: 'a', r }).name).toBe('a');
  });

  test('no password is told', () => {
    const body = { name: 'a', docker: { baseImageRegistry: { address: 1, password: 'secret' } } };
    expect(() => fromWireEnvironment(body)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    );
  });
});

describe('to the wire', () => {
  const environment = (body: unknown) => ({
    name: 'a',
    version: '3',
    definition: fromWireEnvironment(body),
    digest: '',
    labels: [],
    createdTime: '2026-01-01T00:00:00.000Z',
  });

  test('what is answered is taken back as the same', () => {
    const stored = environment(DEPLOYED);
    expect({ ...fromWireEnvironment(toWireEnvironment(stored)), version: null }).toEqual({
      ...stored.definition,
      name: 'a',
    });
  });

  test('conda dependencies and docker are there for an environment that says nothing', () => {
    const stored = environment({ name: 'a' });
    expect(toWireEnvironment(stored)).toMatchObject({
      name: 'a',
      version: '3',
      python: { condaDependencies: { dependencies: [] } },
      docker: { baseImage: null, baseImageRegistry: { password: null } },
    });
    expect({ ...fromWireEnvironment(toWireEnvironment(stored)), version: null }).toEqual(stored.definition);
  });
});
