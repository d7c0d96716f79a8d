/**
 * deploymentconfig.json for AKS: names, defaults and ranges of every field. Source: the documentation's table of
 * the entries of the deployment configuration document, and the SDK's parameters of the same meaning.
 */
import { z } from 'zod';

import { KubernetesNamespace, ServiceName } from '../names.ts';
import { Tags } from '../resources/common.ts';

const positive = z.number().positive();
const probeCount = z.int().min(1).max(1000);

/** How the number of replicas follows the load: as in the original, or by what the requests that come will need. */
const AutoscalingLaw = z.enum(['compatible', 'forecast']);

const AutoScaler = {
  law: AutoscalingLaw,
  autoscaleEnabled: z.boolean(),
  minReplicas: z.int().min(1).max(1000),
  maxReplicas: z.int().min(1).max(1000),
  refreshPeriodInSeconds: z.int().min(1).max(3600),
  targetUtilization: z.int().min(1).max(100),
};
const Resources = {
  /** vCPUs reserved for a replica. */
  cpu: positive.max(1024),
  memoryInGB: positive.max(16_384),
  cpuLimit: positive.max(1024).nullable(),
  memoryInGBLimit: positive.max(16_384).nullable(),
  gpu: z.int().min(0).max(64),
};
const Probe = {
  periodSeconds: z.int().min(1).max(3600),
  initialDelaySeconds: z.int().min(0).max(86_400),
  timeoutSeconds: z.int().min(1).max(3600),
  successThreshold: probeCount,
  failureThreshold: probeCount,
};
const Settings = {
  authEnabled: z.boolean(),
  tokenAuthEnabled: z.boolean(),
  /** null: as many as the autoscaler says, which starts from minReplicas. */
  numReplicas: z.int().min(1).max(1000).nullable(),
  scoringTimeoutMs: z.int().min(1).max(3_600_000),
  maxConcurrentRequestsPerContainer: z.int().min(1).max(1000),
  maxQueueWaitMs: z.int().min(0).max(3_600_000),
  appInsightsEnabled: z.boolean(),
  namespace: KubernetesNamespace.nullable(),
};

const resolved = z.object({
  ...Settings,
  // Settings that were recorded before there was a choice have none.
  autoScaler: z.object({ ...AutoScaler, law: AutoscalingLaw.default('compatible') }),
  containerResourceRequirements: z.object(Resources),
  livenessProbeRequirements: z.object(Probe),
  dataCollection: z.object({ storageEnabled: z.boolean() }),
});

/** Every field may be left out or null: then the default, or on an update the present value, holds. */
function optional<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape).partial() as z.ZodObject<
    { [Key in keyof Shape]: z.ZodOptional<Shape[Key]> },
    z.core.$strict
  >;
}

/** What a caller may say of the settings: any subset. */
const input = optional(Settings).extend({
  autoScaler: optional(AutoScaler).optional(),
  containerResourceRequirements: optional(Resources).optional(),
  livenessProbeRequirements: optional(Probe).optional(),
  dataCollection: optional({ storageEnabled: z.boolean() }).optional(),
});

/** The settings of a service, complete; `ServiceSettings.input` is what callers may say of them. */
export const ServiceSettings = Object.assign(resolved, { input });
export type ServiceSettings = z.output<typeof resolved>;
export type ServiceSettingsInput = z.output<typeof input>;

export const DEFAULT_SETTINGS: ServiceSettings = {
  authEnabled: true,
  tokenAuthEnabled: false,
  numReplicas: null,
  scoringTimeoutMs: 60_000,
  maxConcurrentRequestsPerContainer: 1,
  maxQueueWaitMs: 500,
  appInsightsEnabled: false,
  namespace: null,
  autoScaler: {
    law: 'compatible',
    autoscaleEnabled: true,
    minReplicas: 1,
    maxReplicas: 10,
    refreshPeriodInSeconds: 1,
    targetUtilization: 70,
  },
  containerResourceRequirements: { cpu: 0.1, memoryInGB: 0.5, cpuLimit: null, memoryInGBLimit: null, gpu: 0 },
  livenessProbeRequirements: {
    periodSeconds: 10,
    initialDelaySeconds: 310,
    timeoutSeconds: 2,
    successThreshold: 1,
    failureThreshold: 3,
  },
  dataCollection: { storageEnabled: false },
};

/** What was said laid over what holds; values that were not said stay. */
export function mergeSettings(present: ServiceSettings, said: ServiceSettingsInput): ServiceSettings {
  const { autoScaler, containerResourceRequirements, livenessProbeRequirements, dataCollection, ...flat } = said;
  return {
    ...present,
    ...defined(flat),
    autoScaler: { ...present.autoScaler, ...defined(autoScaler ?? {}) },
    containerResourceRequirements: {
      ...present.containerResourceRequirements,
      ...defined(containerResourceRequirements ?? {}),
    },
    livenessProbeRequirements: { ...present.livenessProbeRequirements, ...defined(livenessProbeRequirements ?? {}) },
    dataCollection: { ...present.dataCollection, ...defined(dataCollection ?? {}) },
  };
}

/** The settings of a new service. Who asks for tokens and says nothing of keys wants tokens alone. */
export function newSettings(base: ServiceSettings, said: ServiceSettingsInput): ServiceSettings {
  const impliesNoKeys = said.tokenAuthEnabled === true && said.authEnabled === undefined;
  return mergeSettings(base, impliesNoKeys ? { ...said, authEnabled: false } : said);
}

function defined<T extends object>(values: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

/** Faults between fields, each as «field: what is wrong»; empty when the settings can be used. */
export function settingsConflicts(settings: ServiceSettings): { readonly target: string; readonly message: string }[] {
  const { autoScaler, containerResourceRequirements: resources } = settings;
  const conflicts: { target: string; message: string }[] = [];
  if (settings.authEnabled && settings.tokenAuthEnabled) {
    conflicts.push({
      target: 'tokenAuthEnabled',
      message:
        'key and token authentication exclude each other: set authEnabled to false to use tokens, or tokenAuthEnabled to false to use keys',
    });
  }
  if (autoScaler.minReplicas > autoScaler.maxReplicas) {
    conflicts.push({
      target: 'autoScaler.minReplicas',
      message: `${autoScaler.minReplicas} is more than maxReplicas, ${autoScaler.maxReplicas}`,
    });
  }
  if (resources.cpuLimit !== null && resources.cpuLimit < resources.cpu) {
    conflicts.push({
      target: 'containerResourceRequirements.cpuLimit',
      message: `${resources.cpuLimit} is less than the request, ${resources.cpu}`,
    });
  }
  if (resources.memoryInGBLimit !== null && resources.memoryInGBLimit < resources.memoryInGB) {
    conflicts.push({
      target: 'containerResourceRequirements.memoryInGBLimit',
      message: `${resources.memoryInGBLimit} is less than the request, ${resources.memoryInGB}`,
    });
  }
  return conflicts;
}

/** How many replicas the settings ask for before any load is known. */
export function initialReplicas(settings: ServiceSettings): number {
  return settings.numReplicas ?? settings.autoScaler.minReplicas;
}

/** The document itself: the settings, and beside them what else its readers write there. Unknown fields are errors. */
export const DeploymentConfigDocument = input.extend({
  computeType: z.string().optional(),
  /** Of endpoints: the first version, and its share of the requests. */
  versionName: ServiceName.optional(),
  trafficPercentile: z.number().min(0).max(100).optional(),
  gpuCores: z.int().min(0).max(64).nullable().optional(),
  keys: z
    .strictObject({ primaryKey: z.string().optional(), secondaryKey: z.string().optional() })
    .nullable()
    .optional(),
  tags: Tags.nullable().optional(),
  properties: Tags.nullable().optional(),
  description: z.string().max(8192).nullable().optional(),
});
export type DeploymentConfigDocument = z.output<typeof DeploymentConfigDocument>;
