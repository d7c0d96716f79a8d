import { expect, test } from 'vitest';

import { checkEnvironment, checkInferenceConfig } from './inference-config.ts';

const USUAL = 'mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20251130.v1';
const environment = (baseImage: string) => ({
  name: 'env',
  docker: { baseImage, buildContext: null, baseImageRegistry: { registryIdentity: null } },
  r: null,
  assetId: null,
});
const source = (value: unknown) => ({ file: 'azureml_environment.json', text: JSON.stringify(value) });

test('what azureml-core writes into an environment that it saves asks for nothing', () => {
  expect(checkEnvironment(source(environment(USUAL))).docker.baseImage).toBeNull();
  expect(checkEnvironment(source(environment('python:3.11'))).docker.baseImage).toBe('python:3.11');
});

test('a base image of an inference config was chosen, whatever it is', () => {
  const config = { entryScript: 'score.py', environment: { name: 'env', docker: { baseImage: USUAL } } };
  const { environment: checked } = checkInferenceConfig({ ...source(config), file: 'inferenceconfig.json' });
  expect(checked?.docker.baseImage).toBe(USUAL);
});
