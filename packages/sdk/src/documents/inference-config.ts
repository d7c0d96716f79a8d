/** inferenceconfig.json, an environment folder's document, and conda files, checked. */
import {
  CondaDependencies,
  InferenceConfigDocument,
  EnvironmentDocument,
  isUsualAzuremlBaseImage,
  LEGACY_INFERENCE_FIELDS,
} from '@farled/contract';

import { checkDocument } from './check.ts';
import type { DocumentSource } from './parse.ts';

type Source = Omit<DocumentSource, 'what'>;

/** @throws FarledError InvalidDocument */
export function checkInferenceConfig(source: Source): InferenceConfigDocument {
  return checkDocument({ ...source, what: 'The inference config' }, InferenceConfigDocument, {
    replaced: LEGACY_INFERENCE_FIELDS,
  });
}

/** azureml_environment.json. @throws FarledError InvalidDocument */
export function checkEnvironment(source: Source) {
  return checkDocument({ ...source, what: 'The environment' }, EnvironmentDocument, { prepare: withoutEmptyExtras });
}

/** conda_dependencies.yml. @throws FarledError InvalidDocument */
export function checkConda(source: Source): CondaDependencies {
  return checkDocument({ ...source, what: 'The conda file' }, CondaDependencies);
}

/** azureml-core writes these fields, as null, into every environment it saves, and a base image that nobody chose. */
function withoutEmptyExtras(value: unknown): unknown {
  const document = structuredClone(value) as Record<string, unknown>;
  const docker = document['docker'] as Record<string, unknown> | null | undefined;
  const registry = docker?.['baseImageRegistry'] as Record<string, unknown> | null | undefined;
  if (typeof docker?.['baseImage'] === 'string' && isUsualAzuremlBaseImage(docker['baseImage'])) {
    docker['baseImage'] = null;
  }
  dropNull(document, 'r', 'assetId');
  dropNull(docker, 'buildContext');
  dropNull(registry, 'registryIdentity');
  return document;
}

function dropNull(fields: Record<string, unknown> | null | undefined, ...names: readonly string[]): void {
  for (const name of names) {
    if (fields?.[name] === null) {
      delete fields[name];
    }
  }
}
