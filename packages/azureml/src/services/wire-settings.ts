/** Settings of services: the names that azureml-core has for them, and those of the domain. Pure. */
import type { ServiceSettings, ServiceSettingsInput } from '@farled/contract';
import type { z } from 'zod';

import type { Settings } from './wire-request.ts';

const FLAT = [
  'authEnabled',
  'numReplicas',
  'scoringTimeoutMs',
  'maxConcurrentRequestsPerContainer',
  'maxQueueWaitMs',
  'appInsightsEnabled',
  'namespace',
] as const;

const SECTIONS = {
  autoScaler: ['autoscaleEnabled', 'minReplicas', 'maxReplicas', 'refreshPeriodInSeconds', 'targetUtilization'],
  containerResourceRequirements: ['cpu', 'cpuLimit', 'memoryInGB', 'memoryInGBLimit', 'gpu'],
  livenessProbeRequirements: [
    'periodSeconds',
    'initialDelaySeconds',
    'timeoutSeconds',
    'successThreshold',
    'failureThreshold',
  ],
  dataCollection: ['storageEnabled'],
} as const;

/** What a request says of the settings; the values are checked by the domain. */
export function fromWireSettings(wire: Partial<z.output<typeof Settings>>): ServiceSettingsInput {
  const { aadAuthEnabled } = wire;
  const replicas = wire.numReplicas === 0 ? null : wire.numReplicas;
  const flat = pick({ ...wire, numReplicas: replicas }, FLAT);
  const sections = Object.entries(SECTIONS).flatMap(([name, members]) => {
    const picked = pick(wire[name as keyof typeof SECTIONS] ?? {}, members);
    return Object.keys(picked).length === 0 ? [] : [[name, picked] as const];
  });
  return {
    ...flat,
    ...(isSaid(aadAuthEnabled) ? { tokenAuthEnabled: aadAuthEnabled } : {}),
    ...Object.fromEntries(sections),
  } as ServiceSettingsInput;
}

function pick(from: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.flatMap((name) => (Object.hasOwn(from, name) && isSaid(from[name]) ? [[name, from[name]] as const] : [])),
  );
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** contract 9.3: a client fails on any member that is missing. */
export function toWireSettings(settings: ServiceSettings) {
  const { containerResourceRequirements, livenessProbeRequirements, dataCollection } = settings;
  // The original has one law.
  const { law: _, ...autoScaler } = settings.autoScaler;
  return {
    authEnabled: settings.authEnabled,
    aadAuthEnabled: settings.tokenAuthEnabled,
    appInsightsEnabled: settings.appInsightsEnabled,
    // A fixed number of replicas is what switches scaling off.
    autoScaler: {
      ...autoScaler,
      autoscaleEnabled: autoScaler.autoscaleEnabled && settings.numReplicas === null,
    },
    containerResourceRequirements: { ...containerResourceRequirements },
    dataCollection: { storageEnabled: dataCollection.storageEnabled, eventHubEnabled: false },
    livenessProbeRequirements: { ...livenessProbeRequirements },
    maxConcurrentRequestsPerContainer: settings.maxConcurrentRequestsPerContainer,
    maxQueueWaitMs: settings.maxQueueWaitMs,
    numReplicas: settings.numReplicas,
    scoringTimeoutMs: settings.scoringTimeoutMs,
    namespace: settings.namespace,
  };
}
