/** The SDK's parameters of a deployment as the settings that routes take. Pure. */
import type { ServiceSettings, ServiceSettingsInput } from '@farled/contract';

import type { ServiceConfiguration } from './documents/deployment-config.ts';

/** Names as in Azure ML's `AksWebservice.deploy_configuration`, in TypeScript spelling. */
export interface SettingParameters {
  readonly autoscaleEnabled?: boolean | undefined;
  /** `compatible` by default: as in Azure ML. */
  readonly autoscaleLaw?: ServiceSettings['autoScaler']['law'] | undefined;
  readonly autoscaleMinReplicas?: number | undefined;
  readonly autoscaleMaxReplicas?: number | undefined;
  readonly autoscaleRefreshSeconds?: number | undefined;
  /** Percent. */
  readonly autoscaleTargetUtilization?: number | undefined;
  readonly collectModelData?: boolean | undefined;
  /** Whether requests need a key. */
  readonly authEnabled?: boolean | undefined;
  /** Whether they need a token: in place of a key, so an update that enables one disables the other. */
  readonly tokenAuthEnabled?: boolean | undefined;
  readonly cpuCores?: number | undefined;
  readonly cpuCoresLimit?: number | undefined;
  readonly memoryGb?: number | undefined;
  readonly memoryGbLimit?: number | undefined;
  readonly gpuCores?: number | undefined;
  readonly enableAppInsights?: boolean | undefined;
  readonly scoringTimeoutMs?: number | undefined;
  readonly replicaMaxConcurrentRequests?: number | undefined;
  /** Milliseconds. */
  readonly maxRequestWaitTime?: number | undefined;
  /** 0 and absent leave it to the autoscaler. */
  readonly numReplicas?: number | undefined;
  readonly periodSeconds?: number | undefined;
  readonly initialDelaySeconds?: number | undefined;
  readonly timeoutSeconds?: number | undefined;
  readonly successThreshold?: number | undefined;
  readonly failureThreshold?: number | undefined;
}

export interface DeployConfigurationParameters extends SettingParameters {
  readonly namespace?: string | undefined;
  readonly primaryKey?: string | undefined;
  readonly secondaryKey?: string | undefined;
  readonly description?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly properties?: Readonly<Record<string, string>> | undefined;
}

export function deployConfiguration(parameters: DeployConfigurationParameters): ServiceConfiguration {
  const { namespace, primaryKey, secondaryKey, description, tags, properties, ...settings } = parameters;
  return {
    settings: compact({ ...settingsOf(settings), namespace }),
    primaryKey,
    secondaryKey,
    description,
    tags,
    properties,
  };
}

/** Only what was said: everything else stays as it is, or takes its default. */
export function settingsOf(parameters: SettingParameters): ServiceSettingsInput {
  const { numReplicas } = parameters;
  const fixed = numReplicas !== undefined && numReplicas !== 0;
  return compact({
    authEnabled: parameters.authEnabled,
    tokenAuthEnabled: parameters.tokenAuthEnabled,
    numReplicas: numReplicas === 0 ? null : numReplicas,
    scoringTimeoutMs: parameters.scoringTimeoutMs,
    maxConcurrentRequestsPerContainer: parameters.replicaMaxConcurrentRequests,
    maxQueueWaitMs: parameters.maxRequestWaitTime,
    appInsightsEnabled: parameters.enableAppInsights,
    autoScaler: compact({
      law: parameters.autoscaleLaw,
      autoscaleEnabled: parameters.autoscaleEnabled ?? (fixed ? false : undefined),
      minReplicas: parameters.autoscaleMinReplicas,
      maxReplicas: parameters.autoscaleMaxReplicas,
      refreshPeriodInSeconds: parameters.autoscaleRefreshSeconds,
      targetUtilization: parameters.autoscaleTargetUtilization,
    }),
    containerResourceRequirements: compact({
      cpu: parameters.cpuCores,
      cpuLimit: parameters.cpuCoresLimit,
      memoryInGB: parameters.memoryGb,
      memoryInGBLimit: parameters.memoryGbLimit,
      gpu: parameters.gpuCores,
    }),
    livenessProbeRequirements: compact({
      periodSeconds: parameters.periodSeconds,
      initialDelaySeconds: parameters.initialDelaySeconds,
      timeoutSeconds: parameters.timeoutSeconds,
      successThreshold: parameters.successThreshold,
      failureThreshold: parameters.failureThreshold,
    }),
    dataCollection: compact({ storageEnabled: parameters.collectModelData }),
  });
}

/** `said` laid over `base`, field by field. */
export function overlaySettings(base: ServiceSettingsInput, said: ServiceSettingsInput): ServiceSettingsInput {
  return compact({
    ...base,
    ...said,
    autoScaler: { ...base.autoScaler, ...said.autoScaler },
    containerResourceRequirements: { ...base.containerResourceRequirements, ...said.containerResourceRequirements },
    livenessProbeRequirements: { ...base.livenessProbeRequirements, ...said.livenessProbeRequirements },
    dataCollection: { ...base.dataCollection, ...said.dataCollection },
  });
}

/** Without what was not said, and without groups in which nothing was said. */
function compact<Values extends object>(values: Values): { [Key in keyof Values]?: Exclude<Values[Key], undefined> } {
  const said = Object.entries(values).filter(([, value]) => value !== undefined && !isEmptyGroup(value));
  return Object.fromEntries(said) as never;
}

function isEmptyGroup(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}
