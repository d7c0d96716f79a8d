/** Puts the routers into a cluster that becomes a compute target, and takes everything of Farled out of one that is left. */
import { CLUSTER, FarledError } from '@farled/contract';
import { type Deployment, type Kind, KINDS, type KubernetesClient, type KubernetesObject } from '@farled/kubernetes';
import type { ComputeRecord, State } from '@farled/state';

import { claimCluster, refuseClaimed } from './attachment.ts';
import type { KubernetesClusters } from './clusters.ts';
import { buildRouterImage, type RouterImageParts } from './router-image.ts';
import { routerObjects } from './router-objects.ts';
import { routerTrouble } from './router-trouble.ts';
import { nodeAddress, scoringAddress } from './scoring-address.ts';

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

/** How far an installation is. */
export interface Installed {
  /** Where scoring requests go; null while there is something to wait for. */
  readonly scoringUrl: string | null;
  /** What is waited for, as a sentence; null when nothing is. */
  readonly waitsFor: string | null;
  /** Where the routers can be reached meanwhile, if they can. */
  readonly meanwhile: string | null;
}

/** What decides how the routers are reached. */
type Placed = Pick<ComputeRecord, 'clusterPurpose' | 'serviceType' | 'loadBalancerSubnet'> & {
  readonly loadBalancerType: string;
};

const BY_KIND = new Map<string, Kind>(Object.values(KINDS).map((kind: Kind) => [kind.kind, kind]));

/** anchors: routers of a production cluster, and of one for development. */
const REPLICAS = { FastProd: 3, DevTest: 1 } as const;
const PORT = 80;
/** At once: what would end by itself may take as long as the pods are given. */
const END_SECONDS = 0;

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
    return look(client, signal);
  }

  /** All objects that attaching would apply; the image is made and pushed for it unless another one is named. */
  async manifests(compute: Placed, image: string | null, signal: AbortSignal): Promise<readonly KubernetesObject[]> {
    const { routerImage, pullSecret } = this.#parts;
    return this.#objects(compute, image ?? (await buildRouterImage(routerImage, [], () => {}, signal)), pullSecret);
  }

  /** Where the routers are by now, and what the cluster has become; changes nothing in it. */
  async refresh(compute: ComputeRecord, signal: AbortSignal): Promise<Installed> {
    const { client } = await this.#parts.clusters.of(compute);
    await this.#parts.check(compute, client, signal);
    return look(client, signal);
  }

  /** A step that may be repeated; true once nothing of this Farled is left in the cluster. */
  async uninstall(compute: ComputeRecord, signal: AbortSignal): Promise<boolean> {
    const { client } = await this.#parts.clusters.of(compute);
    this.#applied.delete(compute.id);
    const ours = `${CLUSTER.installationLabel}=${this.#parts.installation}`;
    const remove = async (kind: Kind): Promise<number> => {
      const found = await client.list(kind, { labelSelector: ours }, signal);
      await Promise.all(
        found
          .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
          .map(({ metadata: { name, namespace } }) => client.delete(kind, { name, namespace }, signal)),
      );
      return found.length;
    };
    // The namespace takes with it what is in it; what is elsewhere goes by itself.
    const left = await Promise.all(
      [KINDS.namespace, KINDS.clusterRoleBinding, KINDS.clusterRole, KINDS.secret].map(remove),
    );
    await this.#endRouters(client, signal);
    const routers = await client.get(KINDS.namespace, { name: CLUSTER.systemNamespace }, signal);
    const isOurs = routers?.metadata.labels?.[CLUSTER.installationLabel] === this.#parts.installation;
    return !isOurs && left.every((count) => count === 0);
  }

  /** No service is left to route to, so there is nothing that they would have to be given time for. */
  async #endRouters(client: KubernetesClient, signal: AbortSignal): Promise<void> {
    const labelSelector = `app.kubernetes.io/name=${CLUSTER.router},${CLUSTER.installationLabel}=${this.#parts.installation}`;
    const pods = await client.list(KINDS.pod, { namespace: CLUSTER.systemNamespace, labelSelector }, signal);
    await Promise.all(
      pods.map(({ metadata: { name, namespace } }) =>
        client.delete(KINDS.pod, { name, namespace }, signal, { gracePeriodSeconds: END_SECONDS }),
      ),
    );
  }

  async #apply(
    compute: ComputeRecord,
    client: KubernetesClient,
    log: (line: string) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { routerImage, installation, clusters } = this.#parts;
    const checked = await this.#parts.check(compute, client, signal);
    await refuseClaimed(client, installation, signal);
    const image = await buildRouterImage(routerImage, checked.kubernetes?.architectures ?? [], log, signal);
    const { pullSecrets } = await clusters.of(compute);
    const [namespace, ...rest] = this.#objects(checked, image, pullSecrets.name);
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

  #objects(compute: Placed, image: string, pullSecret: string | null): readonly KubernetesObject[] {
    return routerObjects({
      installation: this.#parts.installation,
      image,
      replicas: REPLICAS[compute.clusterPurpose],
      serviceType: compute.serviceType,
      internalLoadBalancer: compute.loadBalancerType === 'InternalLoadBalancer',
      annotations: annotations(compute),
      pullSecret,
      port: PORT,
    });
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

async function look(client: KubernetesClient, signal: AbortSignal): Promise<Installed> {
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
