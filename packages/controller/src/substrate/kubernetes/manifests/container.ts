/** The one container of a replica. */
import { CLUSTER } from '@farled/contract';
import type { Container, EnvVar } from '@farled/kubernetes';

import type { PodSource } from '../workload.ts';
import { LINGER_SECONDS } from './ending.ts';
import { environmentSecretName, sortedEntries } from './names.ts';
import { containerProbes, SCORE_PORT } from './probes.ts';
import { containerResources } from './resources.ts';

/** Kubernetes makes this file, and shows what it says once the container has ended. */
const REPORT_FILE = '/dev/termination-log';

export function scoreContainer(source: PodSource): Container {
  const { service, image, environmentVariables, settings, placement } = source;
  return {
    name: 'score',
    image,
    // Named by digest: what is on the node is what is wanted.
    imagePullPolicy: 'IfNotPresent',
    ports: [{ name: SCORE_PORT, containerPort: CLUSTER.replicaPort, protocol: 'TCP' }],
    // Where a name is in both, `env` wins: the user's variables can't lead the runtime astray.
    ...(Object.keys(environmentVariables).length === 0
      ? {}
      : { envFrom: [{ secretRef: { name: environmentSecretName(service.name, environmentVariables) } }] }),
    env: environment(source),
    resources: containerResources(settings.containerResourceRequirements, placement.acceleratorResource),
    ...containerProbes(settings.livenessProbeRequirements),
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    // Any user may write there, and the layers of the image stay as they are.
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
    terminationMessagePath: REPORT_FILE,
    // Of a runtime that could not even write its report, the last lines of the log.
    terminationMessagePolicy: 'FallbackToLogsOnError',
  };
}

/**
 * No FARLED_MEMORY_LIMIT_BYTES: the kernel holds the container to its limit, and counts the runtime's front with the
 * workers. The runtime's own watch sees only the workers and would always come second.
 */
function environment({ service, settings, runtimeVariables }: PodSource): EnvVar[] {
  const ours: Record<string, string> = {
    ...runtimeVariables,
    SERVICE_NAME: service.name,
    SERVICE_PATH_PREFIX: `api/v1/service/${service.name}`,
    WORKSPACE_NAME: service.workspace,
    SCORING_TIMEOUT_MS: String(settings.scoringTimeoutMs),
    FARLED_MAX_CONCURRENT_REQUESTS: String(settings.maxConcurrentRequestsPerContainer),
    FARLED_LISTEN: `0.0.0.0:${CLUSTER.replicaPort}`,
    FARLED_REPORT_FILE: REPORT_FILE,
    FARLED_DRAIN_LINGER_SECONDS: String(LINGER_SECONDS),
  };
  return [
    ...sortedEntries(ours).map(([name, value]) => ({ name, value: literal(value) })),
    { name: 'FARLED_REPLICA_ID', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  ];
}

/** Kubernetes replaces `$(NAME)` in values, and reads `$$` as `$`. */
function literal(value: string): string {
  return value.replaceAll('$', () => '$$');
}
