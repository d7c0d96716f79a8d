/** How far an installation of routers is, and where they can be reached; changes nothing. */
import { CLUSTER } from '@farled/contract';
import { type Deployment, KINDS, type KubernetesClient } from '@farled/kubernetes';

import { routerTrouble } from './router-trouble.ts';
import { nodeAddress, scoringAddress } from './scoring-address.ts';

export interface Installed {
  /** Where scoring requests go; null while there is something to wait for. */
  readonly scoringUrl: string | null;
  /** What is waited for, as a sentence; null when nothing is. */
  readonly waitsFor: string | null;
  /** Where the routers can be reached meanwhile, if they can. */
  readonly meanwhile: string | null;
}

export async function lookAtRouters(client: KubernetesClient, signal: AbortSignal): Promise<Installed> {
  const key = { name: CLUSTER.router, namespace: CLUSTER.systemNamespace };
  const deployment = await client.get(KINDS.deployment, key, signal);
  if (deployment === undefined || !isRolledOut(deployment)) {
    const pods = await client.list(
      KINDS.pod,
      { namespace: CLUSTER.systemNamespace, labelSelector: `app.kubernetes.io/name=${CLUSTER.router}` },
      signal,
    );
    return { scoringUrl: null, waitsFor: `The routers are not ready. ${routerTrouble(pods)}`, meanwhile: null };
  }
  const service = await client.get(KINDS.service, key, signal);
  const nodes = await client.list(KINDS.node, {}, signal);
  const scoringUrl = service === undefined ? null : scoringAddress(service, nodes);
  const noBalancer = 'The routers are ready; the cluster has no load balancer for them yet.';
  return {
    scoringUrl,
    waitsFor: scoringUrl === null ? noBalancer : null,
    meanwhile: service === undefined ? null : nodeAddress(service, nodes),
  };
}

function isRolledOut({ metadata, spec, status }: Deployment): boolean {
  const wanted = spec.replicas ?? 1;
  return (
    status?.observedGeneration === metadata.generation &&
    status?.updatedReplicas === wanted &&
    status?.availableReplicas === wanted
  );
}
