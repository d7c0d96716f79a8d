/** inferenceconfig.json: the entry script, its folder and its environment. Unknown fields are errors. */
import { z } from 'zod';

import { EnvironmentDefinition } from '../resources/environment.ts';

/** An environment as written in the document: `condaDependenciesFile` is read by the client, relative to sourceDirectory. */
export const EnvironmentDocument = EnvironmentDefinition.extend({
  python: EnvironmentDefinition.shape.python
    .unwrap()
    .extend({ condaDependenciesFile: z.string().max(1024).nullable().optional() })
    .refine(
      (python) =>
        python.condaDependencies === null ||
        python.condaDependenciesFile === undefined ||
        python.condaDependenciesFile === null,
      {
        error: 'must name condaDependencies or condaDependenciesFile, not both',
      },
    )
    .prefault({}),
});

export const InferenceConfigDocument = z.strictObject({
  entryScript: z.string().min(1).max(1024),
  sourceDirectory: z.string().max(4096).nullable().optional(),
  environment: EnvironmentDocument.nullable().optional(),
  description: z.string().max(8192).nullable().optional(),
});
export type InferenceConfigDocument = z.output<typeof InferenceConfigDocument>;

/** Fields of the oldest form of the document, with what stands in their place today. */
export const LEGACY_INFERENCE_FIELDS: Readonly<Record<string, string>> = {
  runtime: 'environment.python.condaDependencies (python=3.x)',
  condaFile: 'environment.python.condaDependenciesFile',
  extraDockerfileSteps: 'environment.docker.baseDockerfile',
  enableGpu: 'environment.docker.gpuSupport',
  cudaVersion: 'environment.docker.baseImage',
  baseImage: 'environment.docker.baseImage',
  baseImageRegistry: 'environment.docker.baseImageRegistry',
};
