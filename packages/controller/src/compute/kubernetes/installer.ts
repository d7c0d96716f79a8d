/** Puts the routers into a cluster that becomes a compute target, and takes everything of Farled out of one that is left. */
import { CLUSTER, FarledError } from '@farled/contract';
import { type Kind, KINDS, type KubernetesClient, type KubernetesObject } from '@farled/kubernetes';
import type { ComputeRecord, State } from '@farled/state';

import { claimCluster, refuseClaimed } from './attachment.ts';
import type { KubernetesClusters } from './clusters.ts';
import { type Installed, lookAtRouters } from './installed.ts';
import { mayInstall, routersOfAdministrator } from './rights.ts';
import { buildRouterImage, type RouterImageParts } from './router-image.ts';
import { routerManifests } from './router-manifests.ts';
import type { RouterInstallation } from './router-objects-options.ts';
import { routerObjects } from './router-objects.ts';
import { leaveRouters, removeRouters } from './uninstall.ts';

export interface InstallerParts {
  readonly state: State;
  readonly clusters: KubernetesClusters;
  readonly routerImage: RouterImageParts;
  readonly installation: string;
  /** Name of the Secret that opens the registry; null when it is open. */
  readonly pullSecret: string | null;
  /** Looks at the cluster again, and records what it finds. @throws FarledError when it can't be used. */
  readonly check: (compute: ComputeRecord, client: KubernetesClient, signal: AbortSignal) => Promise<ComputeRecord>;
}

/** What decides how the routers are reached. */
type Placed = Pick<ComputeRecord, 'clusterPurpose' | 'serviceType' | 'loadBalancerSubnet'> & {
  readonly loadBalancerType: string;
};

const BY_KIND = new Map<string, Kind>(Object.values(KINDS).map((kind: Kind) => [kind.kind, kind]));

/** anchors: routers of a production cluster, and of one for development. */
const REPLICAS = { FastProd: 3, DevTest: 1 } as const;
const PORT = 80;

export class RouterInstaller {
  readonly #parts: InstallerParts;
  /** By compute target, the operation for which this program has applied its objects. */
  readonly #applied = new Map<string, string>();

  constructor(parts: InstallerParts) {
    this.#parts = parts;
  }

  /** A step that may be repeated. @throws FarledError when the cluster can't be used as it is. */
  async install(compute: ComputeRecord, log: (line: string) => void, signal: AbortSignal): Promise<Installed> {
    const { client } = await this.#parts.clusters.of(compute);
    if (this.#applied.get(compute.id) !== compute.operationId) {
      await this.#apply(compute, client, log, signal);
      this.#applied.set(compute.id, compute.operationId);
    }
    return lookAtRouters(client, signal);
  }

  /** YAML of all that attaching would apply; the image is made and pushed for it unless another one is named. */
  async manifests(compute: Placed, image: string | null, signal: AbortSignal): Promise<string> {
    const { routerImage, pullSecret } = this.#parts;
    const used = image ?? (await buildRouterImage(routerImage, [], () => {}, signal));
    return routerManifests(this.#options(compute, used, pullSecret));
  }

  /** Where the routers are by now, and what the cluster has become; changes nothing in it. */
  async refresh(compute: ComputeRecord, signal: AbortSignal): Promise<Installed> {
    const { client } = await this.#parts.clusters.of(compute);
    await this.#parts.check(compute, client, signal);
    return lookAtRouters(client, signal);
  }

  /**
   * A step that may be repeated; true once nothing of this Farled is left in the cluster, or nothing but routers that it
   * may not take away.
   */
  async uninstall(compute: ComputeRecord, log: (line: string) => void, signal: AbortSignal): Promise<boolean> {
    const { clusters, installation } = this.#parts;
    const { client } = await clusters.of(compute);
    this.#applied.delete(compute.id);
    if (await mayInstall(client, signal)) {
      return removeRouters(client, installation, signal);
    }
    const isLeft = await leaveRouters(client, installation, signal);
    if (isLeft) {
      log(
        `Routers stay in the cluster, because the credential may not take them away: who installed them can, or kubectl delete namespace ${CLUSTER.systemNamespace}`,
      );
    }
    return isLeft;
  }

  async #apply(
    compute: ComputeRecord,
    client: KubernetesClient,
    log: (line: string) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { routerImage, installation, clusters } = this.#parts;
    const checked = await this.#parts.check(compute, client, signal);
    const { pullSecrets } = await clusters.of(compute);
    const present = await routersOfAdministrator(client, installation, signal);
    await refuseClaimed(client, installation, signal);
    if (present !== null) {
      await claimCluster(client, installation, compute, signal);
      await pullSecrets.ensure(CLUSTER.systemNamespace, signal);
      log(
        `The credential may not install routers in ${client.server}, and need not: those of ${present.image} are used.`,
      );
      return;
    }
    const image = await buildRouterImage(routerImage, checked.kubernetes?.architectures ?? [], log, signal);
    const [namespace, ...rest] = routerObjects(this.#options(checked, image, pullSecrets.name));
    await applyAll(client, namespace === undefined ? [] : [namespace], signal);
    await claimCluster(client, installation, compute, signal);
    await pullSecrets.ensure(CLUSTER.systemNamespace, signal);
    await applyAll(client, rest, signal);
    await this.#removeBudget(rest, client, signal);
    log(`Routers are applied to ${client.server}: ${REPLICAS[compute.clusterPurpose]} of ${image}.`);
  }

  /** A single router has none, and may have had one before it was attached anew for another purpose. */
  async #removeBudget(
    objects: readonly KubernetesObject[],
    client: KubernetesClient,
    signal: AbortSignal,
  ): Promise<void> {
    if (objects.every(({ kind }) => kind !== KINDS.podDisruptionBudget.kind)) {
      const key = { name: CLUSTER.router, namespace: CLUSTER.systemNamespace };
      await client.delete(KINDS.podDisruptionBudget, key, signal);
    }
  }

  #options(compute: Placed, image: string, pullSecret: string | null): RouterInstallation {
    return {
      installation: this.#parts.installation,
      image,
      replicas: REPLICAS[compute.clusterPurpose],
      serviceType: compute.serviceType,
      internalLoadBalancer: compute.loadBalancerType === 'InternalLoadBalancer',
      annotations: annotations(compute),
      pullSecret,
      port: PORT,
    };
  }
}

/** source: AKS, «Use an internal load balancer», the annotation that names its subnet. */
function annotations({ loadBalancerSubnet }: Placed): Readonly<Record<string, string>> {
  return loadBalancerSubnet === null
    ? {}
    : { 'service.beta.kubernetes.io/azure-load-balancer-internal-subnet': loadBalancerSubnet };
}

async function applyAll(
  client: KubernetesClient,
  objects: readonly KubernetesObject[],
  signal: AbortSignal,
): Promise<void> {
  for (const object of objects) {
    const kind = BY_KIND.get(object.kind);
    if (kind === undefined) {
      throw new FarledError('InternalError', `No kind "${object.kind}" is known to apply.`);
    }
    await client.apply(kind, object, signal);
  }
}
