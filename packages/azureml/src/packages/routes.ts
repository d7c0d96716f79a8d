import { FarledError, parseOrThrow, routes } from '@farled/contract';

import { json } from '../answer.ts';
import { modelManagementPath } from '../operations/address.ts';
import type { CompatibleParts } from '../parts.ts';
import { type CompatibleRoute, MODEL_MANAGEMENT, SUPPORTED } from '../route.ts';
import { findCode } from '../services/find-code.ts';
import { sourceFiles } from '../services/source-files.ts';
import { PackageRequest } from './wire-request.ts';

export function packageRoutes(parts: CompatibleParts): readonly CompatibleRoute[] {
  const { api, url } = parts;
  const finders = { ...parts, sources: sourceFiles(parts.artifacts) };

  const create: CompatibleRoute['answer'] = async ({ workspace, body, caller, signal }) => {
    const { imageRequest, packageType, imageName, imageLabel } = parseOrThrow(PackageRequest, body, 'The request');
    const { models, inference } = await findCode(finders, workspace, imageRequest, BRINGS_NONE, signal);
    const operation = await api.call(
      routes.packages.create,
      {
        params: workspace,
        query: undefined,
        body: { models, inference, imageName, imageLabel, generateDockerfile: packageType === 'DockerBuildContext' },
      },
      { caller: caller ?? undefined, signal },
    );
    const location = `${url()}${modelManagementPath(workspace)}/operations/${operation.id}`;
    return json({ id: operation.id }, 202, { 'operation-location': location });
  };

  const common = { dialect: 'modelManagement', method: 'POST' } as const;
  const profile = {
    ...common,
    row: 'J1',
    path: `${MODEL_MANAGEMENT}/profiles`,
    client: 'Model.profile',
    support: {
      kind: 'refused',
      why: 'Farled profiles no models: it has no datasets of requests to profile them with.',
    },
    answer: () => {
      throw new FarledError('NotSupportedYet', 'Farled profiles no models (Model.profile).', {
        suggestion:
          'Deploy the model with the CPU and memory that you expect, send it requests, and change them with update().',
      });
    },
  } as const;
  return [
    {
      ...common,
      row: 'I1',
      path: `${MODEL_MANAGEMENT}/packages`,
      client: 'Model.package, LocalWebservice',
      support: SUPPORTED,
      need: 'write',
      answer: create,
    },
    { ...profile, need: 'write' },
    { ...profile, method: 'GET', need: 'read', client: 'ModelProfile(ws, name)' },
    {
      ...common,
      row: 'I2',
      path: `${MODEL_MANAGEMENT}/images/generateDockerBuildContext`,
      client: 'LocalWebservice with an InferenceConfig that has no environment',
      support: { kind: 'refused', why: 'Farled makes Dockerfiles of environments: Model.package() has them.' },
      need: 'write',
      answer: () => {
        throw new FarledError('NotSupportedYet', 'Farled makes no Dockerfile without an environment.', {
          suggestion: 'Give the InferenceConfig an Environment in place of runtime and conda_file.',
        });
      },
    },
  ];
}

/** The environment of a request that brings none, as of a service: Python, and what azureml-defaults brings. */
const BRINGS_NONE = {
  name: 'package-env',
  python: { condaDependencies: { dependencies: [{ pip: ['azureml-defaults'] }] } },
};
