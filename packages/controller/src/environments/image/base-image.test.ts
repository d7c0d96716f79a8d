import { EnvironmentDefinition } from '@farled/contract';
import { expect, test } from 'vitest';

import { baseImageOf, usualBaseImage } from './base-image.ts';

const FALLBACK = 'registry.example/python:{python}-slim-bookworm';

const environment = (dependencies: readonly string[], changes: object = {}) =>
  EnvironmentDefinition.parse({ name: 'env', python: { condaDependencies: { dependencies } }, ...changes });

test.each([
  ['nothing', [], '3.11'],
  ['a version', ['python=3.9'], '3.9'],
  ['a patch of a version', ['python=3.12.4'], '3.12'],
  ['a range', ['python>=3.8,<3.11'], '3.10'],
  ['at least some version', ['python>=3.10'], '3.13'],
  ['anything but one', ['python!=3.13.*'], '3.12'],
  ['one that is older than all', ['python=3.6'], '3.8'],
  ['one that is newer than all', ['python=3.19'], '3.13'],
] as const)('who asks for %s gets an image of it', (_what, dependencies, version) => {
  expect(baseImageOf(environment(dependencies), FALLBACK)).toBe(`registry.example/python:${version}-slim-bookworm`);
});

test('a base image that is named is taken as it is', () => {
  const named = environment(['python=3.9'], { docker: { baseImage: 'own/image:{python}' } });
  expect(baseImageOf(named, FALLBACK)).toBe('own/image:{python}');
});

test('a base image without a host is in the registry that the environment names', () => {
  const named = (baseImage: string) =>
    environment([], { docker: { baseImage, baseImageRegistry: { address: 'https://mine.example/' } } });
  expect(baseImageOf(named('team/python:3'), FALLBACK)).toBe('mine.example/team/python:3');
  expect(baseImageOf(named('python'), FALLBACK)).toBe('mine.example/python');
  expect(baseImageOf(named('other.example/python:3'), FALLBACK)).toBe('other.example/python:3');
  expect(baseImageOf(named('localhost/python:3'), FALLBACK)).toBe('localhost/python:3');
});

test('a default without a placeholder is the same for all', () => {
  expect(baseImageOf(environment(['python=3.9']), 'own/image:1')).toBe('own/image:1');
});

test('what needs no particular Python gets the usual one', () => {
  const managed = EnvironmentDefinition.parse({ name: 'env', python: { userManagedDependencies: true } });
  expect(baseImageOf(managed, FALLBACK)).toBe('registry.example/python:3.11-slim-bookworm');
  expect(usualBaseImage(FALLBACK)).toBe('registry.example/python:3.11-slim-bookworm');
});
