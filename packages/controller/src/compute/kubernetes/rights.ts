/** Who installs the routers of a cluster: Farled, or an administrator who did it before. */
import { CLUSTER } from '@farled/contract';
import { isKubernetesError, KINDS, type KubernetesClient } from '@farled/kubernetes';

import { DEPLOYING_PERMISSIONS, INSTALLING_PERMISSIONS, permissionsMissing } from './permissions.ts';

type Client = Pick<KubernetesClient, 'server' | 'missing' | 'get'>;

/** Routers that are there. */
export interface PresentRouters {
  /** Which Farled they are of; empty where it is not said. */
  readonly installation: string;
  readonly image: string;
}

/**
 * The routers to be used as they are; null when they are to be installed, or brought up to date.
 *
 * @throws FarledError ClusterPermissionsMissing with all that is needed.
 */
export async function routersOfAdministrator(
  client: Client,
  installation: string,
  signal: AbortSignal,
): Promise<PresentRouters | null> {
  const installing = await client.missing(INSTALLING_PERMISSIONS, signal);
  const deploying = await client.missing(DEPLOYING_PERMISSIONS, signal);
  if (installing.length === 0 && deploying.length === 0) {
    return null;
  }
  const present = await presentRouters(client, signal);
  const isUsable = present?.installation === installation;
  if (deploying.length > 0 || !isUsable) {
    const missing = [...deploying, ...(isUsable ? [] : installing)];
    throw permissionsMissing({ server: client.server, installation, missing, present });
  }
  return present;
}

/** Whether Farled may take routers out of the cluster. */
export async function mayInstall(client: Client, signal: AbortSignal): Promise<boolean> {
  return (await client.missing(INSTALLING_PERMISSIONS, signal)).length === 0;
}

async function presentRouters(client: Client, signal: AbortSignal): Promise<PresentRouters | null> {
  try {
    const key = { name: CLUSTER.router, namespace: CLUSTER.systemNamespace };
    const found = await client.get(KINDS.deployment, key, signal);
    return found === undefined
      ? null
      : {
          installation: found.metadata.labels?.[CLUSTER.installationLabel] ?? '',
          image: found.spec.template.spec.containers[0]?.image ?? '',
        };
  } catch (error) {
    if (isKubernetesError(error, 'Forbidden')) {
      return null;
    }
    throw error;
  }
}
