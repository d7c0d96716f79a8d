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
  /** Says that an endpoint is deployed, and how its first version. */
  readonly endpoint?: FirstVersion | undefined;
}

interface FirstVersion {
  /** The endpoint's when not said. */
  readonly versionName?: string | undefined;
  /** Percent of the requests. */
  readonly trafficPercentile?: number | undefined;
}

/** Of a service. */
export interface ServiceConfiguration extends DeploymentConfiguration {
  readonly endpoint?: undefined;
}

/** Of an endpoint and its first version. */
export interface EndpointConfiguration extends DeploymentConfiguration {
  readonly endpoint: FirstVersion;
}

const OTHER_COMPUTE_TYPES: Readonly<Record<string, string>> = {
  aci: 'Deploying to Azure Container Instances (computeType "aci")',
  local: 'Deploying to local containers (computeType "local")',
};

/** @throws FarledError InvalidDocument; NotSupportedYet for another compute type than aks and aksendpoint. */
export function checkDeploymentConfig(source: Omit<DocumentSource, 'what'>): DeploymentConfiguration {
  const document = checkDocument({ ...source, what: 'The deployment config' }, DeploymentConfigDocument, {
    prepare: refuseOtherComputeTypes,
  });
  const { computeType, versionName, trafficPercentile, gpuCores, keys, tags, properties, description, ...settings } =
    document;
  const resources = settings.containerResourceRequirements ?? {};
  if (gpuCores !== undefined && resources.gpu !== undefined && gpuCores !== resources.gpu) {
    throw new FarledError(
      'InvalidDocument',
      `The deployment config "${source.file}" names gpuCores ${gpuCores} and containerResourceRequirements.gpu ${resources.gpu}.`,
      { suggestion: 'Say it once.' },
    );
  }
  const isEndpoint = computeType?.toLowerCase() === 'aksendpoint';
  if (!isEndpoint && (versionName !== undefined || trafficPercentile !== undefined)) {
    throw new FarledError(
      'InvalidDocument',
      `The deployment config "${source.file}" names ${versionName === undefined ? 'trafficPercentile' : 'versionName'}, which services have not.`,
      { suggestion: 'Endpoints have versions: set computeType to "aksendpoint".' },
    );
  }
  return {
    endpoint: isEndpoint ? { versionName, trafficPercentile } : undefined,
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
  if (typeof computeType === 'string' && !['aks', 'aksendpoint'].includes(computeType.toLowerCase())) {
    const known = OTHER_COMPUTE_TYPES[computeType.toLowerCase()];
    throw known === undefined
      ? new FarledError('InvalidDocument', `computeType must be "aks" or "aksendpoint", not "${computeType}".`)
      : notSupportedYet(
          known,
          'Deploy to a compute target of type aks; `farled computetarget create aks` makes one of this machine.',
        );
  }
  return document['numReplicas'] === 0 ? { ...document, numReplicas: null } : document;
}
