/** Goes to a Kubernetes and looks at it, before anything is put into it. */
import { type ClusterCredentials, type ClusterFacts, FarledError } from '@farled/contract';
import {
  Connection,
  connectKubernetes,
  inClusterConnection,
  isKubernetesError,
  KINDS,
  type KubernetesClient,
  parseKubeconfig,
} from '@farled/kubernetes';
import type { Clock, Logger } from '@farled/service';
import type { ConnectedCluster } from '@farled/state';

import { clusterError } from './cluster-error.ts';
import { checkVersion, describeNodes } from './facts.ts';

/** A credential that is given, or a connection that was recorded, with what is known of where it came from. */
export type InspectionRequest =
  | ClusterCredentials
  | { readonly connection: string; readonly context: string | null; readonly inCluster: boolean };

export interface InspectionParts {
  readonly clock: Clock;
  readonly log: Logger;
  /** Variables of this process: those of a pod say where its API server is. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** How long the cluster may take with each answer, 10 s: someone waits for it. */
  readonly patienceMs?: number;
}

/**
 * Whether the cluster can be reached and is of a version that is supported, and what its nodes can give.
 *
 * @throws FarledError KubeconfigUnusable, KubernetesUnaccessible, ClusterCredentialRefused, ClusterPermissionsMissing,
 * KubernetesVersionUnsupported or BadArgument; nothing secret stands in it.
 */
export async function inspectCluster(
  request: InspectionRequest,
  { clock, log, environment, patienceMs = 10_000 }: InspectionParts,
  signal: AbortSignal,
): Promise<ConnectedCluster> {
  const { connection, ...origin } = resolve(request, environment);
  await using client = connectKubernetes(connection, { clock, log, attemptMs: patienceMs, totalMs: patienceMs });
  try {
    return { connection: JSON.stringify(connection), facts: { ...origin, ...(await look(client, signal)) } };
  } catch (error) {
    throw clusterError(error, client.server);
  }
}

interface Resolved extends Pick<ClusterFacts, 'context' | 'inCluster'> {
  readonly connection: Connection;
}

function resolve(request: InspectionRequest, environment: InspectionParts['environment']): Resolved {
  if ('kubeconfig' in request) {
    const { connection, context } = parseKubeconfig(request.kubeconfig, request.context ?? undefined);
    return { connection, context, inCluster: false };
  }
  if ('connection' in request) {
    const { connection, context, inCluster } = request;
    return { connection: Connection.parse(JSON.parse(connection)), context, inCluster };
  }
  if (environment['KUBERNETES_SERVICE_HOST'] === undefined) {
    throw new FarledError(
      'BadArgument',
      'This server does not run in a Kubernetes, so there is no cluster of its own.',
      {
        suggestion: 'Name the cluster by a kubeconfig.',
      },
    );
  }
  return { connection: inClusterConnection(environment), context: null, inCluster: true };
}

async function look(
  client: KubernetesClient,
  signal: AbortSignal,
): Promise<Omit<ClusterFacts, 'context' | 'inCluster'>> {
  const version = await client.version(signal);
  const warnings = checkVersion(client.server, version);
  const nodes = describeNodes(await client.list(KINDS.node, {}, signal));
  return { server: client.server, version: version.gitVersion, uid: await readUid(client, signal), ...nodes, warnings };
}

async function readUid(client: KubernetesClient, signal: AbortSignal): Promise<string | null> {
  try {
    const system = await client.get(KINDS.namespace, { name: 'kube-system' }, signal);
    return system?.metadata.uid ?? null;
  } catch (error) {
    if (isKubernetesError(error, 'Forbidden')) {
      return null;
    }
    throw error;
  }
}
