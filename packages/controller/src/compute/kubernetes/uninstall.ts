/** Takes out of a cluster what Farled put into it. Steps that may be repeated. */
import { CLUSTER } from '@farled/contract';
import { type Kind, KINDS, type KubernetesClient } from '@farled/kubernetes';

import { MARK } from './attachment.ts';

/** At once: what would end by itself may take as long as the pods are given. */
const END_SECONDS = 0;

/** The routers, and all else. True once nothing of this Farled is left. */
export async function removeRouters(
  client: KubernetesClient,
  installation: string,
  signal: AbortSignal,
): Promise<boolean> {
  // The namespace takes with it what is in it; what is elsewhere goes by itself.
  const left = await Promise.all(
    [KINDS.namespace, KINDS.clusterRoleBinding, KINDS.clusterRole, KINDS.secret].map((kind: Kind) =>
      removeAll(client, kind, installation, signal),
    ),
  );
  await endRouters(client, installation, signal);
  const routers = await client.get(KINDS.namespace, { name: CLUSTER.systemNamespace }, signal);
  const isOurs = routers?.metadata.labels?.[CLUSTER.installationLabel] === installation;
  return !isOurs && left.every((count) => count === 0);
}

/** All but what an administrator installed. True once nothing else is left. */
export async function leaveRouters(
  client: KubernetesClient,
  installation: string,
  signal: AbortSignal,
): Promise<boolean> {
  const secrets = await removeAll(client, KINDS.secret, installation, signal);
  const mark = await client.get(KINDS.configMap, MARK, signal);
  if (mark?.metadata.labels?.[CLUSTER.installationLabel] === installation) {
    await client.delete(KINDS.configMap, MARK, signal);
  }
  return secrets === 0;
}

/** How many there still were. */
async function removeAll(
  client: KubernetesClient,
  kind: Kind,
  installation: string,
  signal: AbortSignal,
): Promise<number> {
  const found = await client.list(kind, { labelSelector: `${CLUSTER.installationLabel}=${installation}` }, signal);
  await Promise.all(
    found
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ metadata: { name, namespace } }) => client.delete(kind, { name, namespace }, signal)),
  );
  return found.length;
}

/** No service is left to route to, so there is nothing that they would have to be given time for. */
async function endRouters(client: KubernetesClient, installation: string, signal: AbortSignal): Promise<void> {
  const labelSelector = `app.kubernetes.io/name=${CLUSTER.router},${CLUSTER.installationLabel}=${installation}`;
  const pods = await client.list(KINDS.pod, { namespace: CLUSTER.systemNamespace, labelSelector }, signal);
  await Promise.all(
    pods.map(({ metadata: { name, namespace } }) =>
      client.delete(KINDS.pod, { name, namespace }, signal, { gracePeriodSeconds: END_SECONDS }),
    ),
  );
}
