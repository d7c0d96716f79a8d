/** deploymentconfig.json as what a deployment takes. */
import {
  DeploymentConfigDocument,
  FarledError,
  parseOrThrow,
  ServiceSettings,
  type ServiceSettingsInput,
} from '@farled/contract';

import { notSupportedYet } from '../not-built.ts';
import { checkDocument } from './check.ts';
import type { DocumentSource } from './parse.ts';

/** What a deployment may say besides its models and its inference config. */
export interface DeploymentConfiguration {
  readonly settings: ServiceSettingsInput;
  readonly description?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly properties?: Readonly<Record<string, string>> | undefined;
  readonly primaryKey?: string | undefined;
  readonly secondaryKey?: string | undefined;
}

const OTHER_COMPUTE_TYPES: Readonly<Record<string, string>> = {
  aci: 'Deploying to Azure Container Instances (computeType "aci")',
  local: 'Deploying to local containers (computeType "local")',
  aksendpoint: 'Endpoints with several versions (computeType "aksendpoint")',
};

/** @throws FarledError InvalidDocument; NotSupportedYet for another compute type than aks. */
export function checkDeploymentConfig(source: Omit<DocumentSource, 'what'>): DeploymentConfiguration {
  const document = checkDocument({ ...source, what: 'The deployment config' }, DeploymentConfigDocument, {
    prepare: refuseOtherComputeTypes,
  });
  const { computeType: _, gpuCores, keys, tags, properties, description, ...settings } = document;
  const resources = settings.containerResourceRequirements ?? {};
  if (gpuCores !== undefined && resources.gpu !== undefined && gpuCores !== resources.gpu) {
    throw new FarledError(
      'InvalidDocument',
      `The deployment config "${source.file}" names gpuCores ${gpuCores} and containerResourceRequirements.gpu ${resources.gpu}.`,
      { suggestion: 'Say it once.' },
    );
  }
  return {
    settings: parseOrThrow(
      ServiceSettings.input,
      {
        ...settings,
        ...(typeof gpuCores !== 'number' ? {} : { containerResourceRequirements: { ...resources, gpu: gpuCores } }),
      },
      'The deployment config',
    ),
    description: description ?? undefined,
    tags: tags ?? undefined,
    properties: properties ?? undefined,
    primaryKey: keys?.primaryKey,
    secondaryKey: keys?.secondaryKey,
  };
}

/** Their documents have fields of their own, so the compute type is looked at before the fields are. */
function refuseOtherComputeTypes(value: unknown): unknown {
  const document = value as Record<string, unknown>;
  const computeType = document['computeType'];
  if (typeof computeType === 'string' && computeType.toLowerCase() !== 'aks') {
    const known = OTHER_COMPUTE_TYPES[computeType.toLowerCase()];
    throw known === undefined
      ? new FarledError('InvalidDocument', `computeType must be "aks", not "${computeType}".`)
      : notSupportedYet(
          known,
          'Deploy to a compute target of type aks; `farled computetarget create aks` makes one of this machine.',
        );
  }
  return document['numReplicas'] === 0 ? { ...document, numReplicas: null } : document;
}
