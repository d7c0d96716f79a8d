/** Settings of a service as options, for `model deploy` and `service update`; the keys are the SDK's parameters. */
import type { SettingParameters } from '@farled/sdk';

import type { ValuesOf } from '../../command.ts';
import { choice, decimal, truth, unbuilt, whole } from '../../parse/options.ts';

export const SETTING_OPTIONS = {
  autoscaleEnabled: truth('--as --autoscale-enabled', 'Whether the number of replicas follows the load.'),
  autoscaleLaw: choice(
    '--autoscale-law',
    ['compatible', 'forecast'],
    'How the number of replicas follows the load: as in Azure ML, or by what the requests that come will need.',
  ),
  autoscaleMinReplicas: whole('--mi --autoscale-min-replicas', 'Fewest replicas, 1 by default.'),
  autoscaleMaxReplicas: whole('--ma --autoscale-max-replicas', 'Most replicas, 10 by default.'),
  autoscaleRefreshSeconds: whole('--ar --autoscale-refresh-seconds', 'How often the load is looked at, 1 by default.'),
  autoscaleTargetUtilization: whole(
    '--at --autoscale-target-utilization',
    'Percent of replicas that should be busy, 70 by default.',
  ),
  numReplicas: whole('--nr --num-replicas', 'Number of replicas, in place of autoscaling.'),
  cpuCores: decimal('--cc --cpu-cores', 'vCPUs reserved for a replica, 0.1 by default.'),
  cpuCoresLimit: decimal('--ccl --cpu-cores-limit', 'vCPUs that a replica may use.'),
  memoryGb: decimal('--gb --memory-gb', 'GB of memory reserved for a replica, 0.5 by default.'),
  memoryGbLimit: decimal('--gbl --memory-gb-limit', 'GB of memory that a replica may use.'),
  gpuCores: whole('--gc --gpu-cores', 'GPUs of a replica.'),
  replicaMaxConcurrentRequests: whole(
    '--rm --replica-max-concurrent-requests',
    'Requests that one replica works on at once, 1 by default.',
  ),
  maxRequestWaitTime: whole(
    '--mr --max-request-wait-time',
    'Milliseconds that a request may wait for a replica, 500 by default.',
  ),
  scoringTimeoutMs: whole('--tm --scoring-timeout-ms', 'Milliseconds that scoring may take, 60000 by default.'),
  periodSeconds: whole('--ps --period-seconds', 'Seconds between two liveness probes, 10 by default.'),
  initialDelaySeconds: whole(
    '--id --initial-delay-seconds',
    'Seconds before the first liveness probe, 310 by default.',
  ),
  timeoutSeconds: whole('--ts --timeout-seconds', 'Seconds that a liveness probe may take, 2 by default.'),
  successThreshold: whole('--st --success-threshold', 'Good probes in a row that make a replica live, 1 by default.'),
  failureThreshold: whole('--ft --failure-threshold', 'Bad probes in a row that end a replica, 3 by default.'),
  authEnabled: truth('--ae --auth-enabled', 'Whether requests need a key, true by default.'),
  tokenAuthEnabled: truth(
    '--token-auth-enabled',
    'Whether requests need a token, in place of a key; false by default.',
  ),
  enableAppInsights: truth('--ai --enable-app-insights', 'Whether telemetry is kept.'),
  collectModelData: truth('--md --collect-model-data', 'Whether inputs and predictions are kept.'),
} as const;

/** What `az ml` has for TLS and other compute types. */
export const UNBUILT_SERVICE_OPTIONS = {
  profileInput: unbuilt('--pi --profile-input'),
  sslEnabled: unbuilt('--se --ssl-enabled'),
  sslCname: unbuilt('--sc --ssl-cname'),
  sslKeyPemFile: unbuilt('--sk --ssl-key-pem-file'),
  sslCertPemFile: unbuilt('--sp --ssl-cert-pem-file'),
  dnsNameLabel: unbuilt('--dn --dns-name-label'),
  location: unbuilt('--lo --location'),
  port: unbuilt('--po --port'),
  vaultBaseUrl: unbuilt('--vault-base-url'),
  keyName: unbuilt('--key-name'),
  keyVersion: unbuilt('--key-version'),
  vnetName: unbuilt('--vnet-name'),
  subnetName: unbuilt('--subnet-name'),
} as const;

/** The settings among all values of a command. */
export function settingParameters(values: ValuesOf<typeof SETTING_OPTIONS>): SettingParameters {
  const named = values as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.keys(SETTING_OPTIONS).map((key) => [key, named[key]]));
}
