/** The settings of a service as what a simulation takes, and who may scale in it. */
import { resolve } from 'node:path';

import { clairvoyant, horizontal, knative, type ScalerOf, type SimulationSettings } from '@farled/autoscaling';
import { DEFAULT_SETTINGS, FarledError, mergeSettings, settingsConflicts } from '@farled/contract';
import { readDeploymentConfig } from '@farled/sdk';

/** Null: a law of ours, which runs as routers run it. */
export const SCALERS: Readonly<Record<string, ScalerOf | null>> = {
  compatible: null,
  forecast: null,
  knative,
  kubernetes: horizontal,
  clairvoyant,
};

const LONGEST_START_SECONDS = 3600;

/** @throws FarledError InvalidDocument, BadArgument */
export async function simulationSettings(
  said: {
    readonly settings: string | undefined;
    readonly replicaStartSeconds: number | undefined;
    readonly initialReplicas: number | undefined;
  },
  folder: string,
): Promise<SimulationSettings> {
  const document =
    said.settings === undefined ? {} : (await readDeploymentConfig(resolve(folder, said.settings))).settings;
  const settings = mergeSettings(DEFAULT_SETTINGS, document);
  const [conflict] = settingsConflicts(settings);
  if (conflict !== undefined) {
    throw new FarledError('InvalidDocument', `The settings cannot be used: ${conflict.target}: ${conflict.message}.`);
  }
  const { replicaStartSeconds: start = 5, initialReplicas = settings.autoScaler.minReplicas } = said;
  if (start < 0 || start > LONGEST_START_SECONDS) {
    throw new FarledError(
      'BadArgument',
      `--replica-start-seconds is ${start}; it must be 0 to ${LONGEST_START_SECONDS}.`,
    );
  }
  if (initialReplicas < 1 || initialReplicas > settings.autoScaler.maxReplicas) {
    throw new FarledError(
      'BadArgument',
      `--initial-replicas is ${initialReplicas}; it must be 1 to maxReplicas, ${settings.autoScaler.maxReplicas}.`,
    );
  }
  const { maxConcurrentRequestsPerContainer, maxQueueWaitMs } = settings;
  return {
    ...settings.autoScaler,
    maxConcurrentRequestsPerContainer,
    maxQueueWaitMs,
    deadlineMs: maxQueueWaitMs,
    replicaStartMs: start * 1000,
    initialReplicas,
  };
}
