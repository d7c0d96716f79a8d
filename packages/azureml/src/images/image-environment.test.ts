import { expect, test } from 'vitest';

import { imageEnvironment } from './image-environment.ts';

const CONDA = 'name: p\nchannels: [conda-forge]\ndependencies:\n  - python=3.6.2\n  - pip:\n      - joblib\n';
const of = (condaFile: string | null, requirements: string | null = null) =>
  imageEnvironment(
    { name: 'iris', baseImage: undefined, baseImageRegistryInfo: undefined },
    { condaFile, requirements },
  );

test('the conda file is taken, with what the client adds, and without the server of that time', () => {
  const { name, python, docker } = of(CONDA, 'azureml-model-management-sdk==1.0.1b6.post1\n# more\nrequests==2.0\n\n');
  expect(name).toBe('iris-image');
  expect(python.condaDependencies).toEqual({
    name: 'p',
    channels: ['conda-forge'],
    dependencies: ['python=3.6.2', { pip: ['joblib'] }, { pip: ['requests==2.0'] }],
  });
  expect(docker.baseImage).toBeNull();
});

test('an image without files has Python alone', () => {
  expect(of(null).python.condaDependencies).toEqual({ channels: [], dependencies: [] });
  expect(of('').python.condaDependencies).toEqual({ channels: [], dependencies: [] });
});

test('a base image is taken with what opens its registry', () => {
  const baseImageRegistryInfo = { location: 'reg.example', user: 'u', password: 'p' };
  const { docker } = imageEnvironment(
    { name: 'iris', baseImage: 'team/p:1', baseImageRegistryInfo },
    { condaFile: null, requirements: null },
  );
  expect(docker).toMatchObject({
    baseImage: 'team/p:1',
    baseImageRegistry: { address: 'reg.example', username: 'u', password: 'p' },
  });
});

test.each([
  ['dependencies: {a: [', 'no YAML'],
  ['dependencies: text', 'dependencies'],
  ['channels: 1', 'channels'],
  ['dependencies: [{npm: [x]}]', 'dependencies'],
  ['a: &a [*a]\ndependencies: *a', 'dependencies'],
])('the conda file "%s" is told', (text, named) => {
  expect(() => of(text)).toThrow(named);
});
