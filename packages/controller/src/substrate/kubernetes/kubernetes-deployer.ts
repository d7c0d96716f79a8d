/**
 * Deploys services on one Kubernetes: an image, and the objects that tell the cluster to run it. The cluster starts,
 * replaces and ends replicas; its routers find them by themselves. What is here asks, looks, and says what it saw.
 */
import {
  ANYWHERE,
  type EndpointRoute,
  errorToWire,
  initialReplicas,
  isFarledError,
  type ScalingDecision,
} from '@farled/contract';
import { KINDS, type KubernetesClient, type Pod } from '@farled/kubernetes';
import type { Clock } from '@farled/service';
import type { ComputeRecord, ServiceRecord, ServiceSpec, State } from '@farled/state';

import { readClusterStatistics, type ReadStatistics } from '../../endpoints/cluster-statistics.ts';
import { type CredentialKinds, goalCredentials, routeCredentials, type TokenKeys } from '../../routes/credentials.ts';
import type { Applied, Application, Deployer, Goal, Pass, WantedSpec } from '../../service/deployer.ts';
import type { BuildBase } from '../../serving-image/base-of.ts';
import { applyObjects, pruneObjects } from './apply.ts';
import { diagnose } from './diagnosis/diagnose.ts';
import { type Diagnosis, isOfRevision } from './diagnosis/observation.ts';
import { isLeaving } from './diagnosis/pod.ts';
import { followPods } from './follow-pods.ts';
import { endpointSecret } from './manifests/endpoint-secret.ts';
import { objectName } from './manifests/names.ts';
import { templateRevision } from './manifests/pod-template.ts';
import { replicasClaim } from './manifests/replicas-claim.ts';
import { fixedReplicas } from './manifests/scaling.ts';
import { workloadObjects } from './manifests/workload-objects.ts';
import type { OwnedObjects } from './owned-objects.ts';
import { type KeptLogs, readPodLogs } from './pod-logs.ts';
import type { PullSecrets } from './pull-secrets.ts';
import { readDecisions } from './read-decisions.ts';
import { refusal } from './refusal.ts';
import { buildServiceImage, recallServiceImage, type ServiceImage, type ServiceImagesParts } from './service-image.ts';
import type { Workload } from './workload.ts';

export interface KubernetesDeployerParts {
  readonly state: State;
  readonly client: KubernetesClient;
  readonly owned: OwnedObjects;
  readonly ownedOfEndpoints: OwnedObjects;
  readonly images: ServiceImagesParts;
  readonly buildBase: BuildBase;
  readonly installation: string;
  readonly pullSecrets: PullSecrets;
  readonly keptLogs: KeptLogs;
  readonly tokenKeys: TokenKeys;
  /** Restarts of replicas in a row before a deployment counts as failed. */
  readonly maximumCrashes: number;
  readonly clock: Clock;
  /** Who deploys on the cluster by now: with another credential another one, which applies what this one prepared. */
  readonly successor: () => KubernetesDeployer | undefined;
}

/** anchors: where services are that name no namespace. */
const DEFAULT_NAMESPACE = 'default';
/** How long a pass waits to see what the cluster has; an API server that is away costs no more. */
const SYNC_TIMEOUT_MS = 10_000;
const LOG_TIMEOUT_MS = 15_000;
/** Without an event, a rollout is looked at this often: some of what it waits for only the clock tells. */
const ROLLOUT_POLL_MS = 2000;
const LOG_LINES = 5000;

export class KubernetesDeployer implements Deployer {
  readonly #parts: KubernetesDeployerParts;
  /** Lines that the running operation of a service was told. */
  readonly #told = new Map<string, Set<string>>();

  constructor(parts: KubernetesDeployerParts) {
    this.#parts = parts;
  }

  services(): Promise<readonly string[]> {
    return Promise.resolve(this.#parts.owned.services());
  }

  /** What the record says holds until the cluster has been seen; its routers need nothing of us. */
  adopt(service: ServiceRecord): Promise<number> {
    return Promise.resolve(service.status.availableReplicas);
  }

  /** The cluster's scheduler decides. */
  reserve(): Promise<null> {
    return Promise.resolve(null);
  }

  adoptReservation(): Promise<void> {
    return Promise.resolve();
  }

  releaseReservation(): void {}

  async prepare(
    service: ServiceRecord,
    { generation, spec }: WantedSpec,
    log: (line: string) => void,
    signal: AbortSignal,
  ): Promise<Application> {
    const { state, images, buildBase, successor } = this.#parts;
    const compute = await state.computes.get(service.workspaceId, spec.computeName);
    const request = {
      stores: state,
      service,
      spec,
      architectures: compute.kubernetes?.architectures ?? [],
      pythonPolicy: compute.clusterPurpose === 'DevTest' ? 'nearest' : 'exact',
      buildBase,
      log,
      signal,
    } as const;
    const good = service.lastGood?.generation === generation ? service.lastGood.image : undefined;
    const { environmentVariables, ...image } =
      (await recallServiceImage(images, request, good)) ?? (await buildServiceImage(images, request));
    return {
      image,
      apply: (pass, goal) => (successor() ?? this).#apply(pass, goal, { ...image, environmentVariables }),
    };
  }

  statistics(signal: AbortSignal): Promise<ReadStatistics> {
    const { client, clock } = this.#parts;
    return readClusterStatistics(client, clock.now(), signal);
  }

  /** What a cluster's routers know of endpoints is in the cluster. */
  adoptEndpoint(): void {}

  /** The routers see it by themselves, as they see the routes of services. */
  async routeEndpoint(endpointId: string, route: EndpointRoute | null, signal: AbortSignal): Promise<void> {
    const { client, ownedOfEndpoints: owned, installation } = this.#parts;
    await owned.synced(AbortSignal.any([signal, AbortSignal.timeout(SYNC_TIMEOUT_MS)]));
    const wanted =
      route === null ? [] : [{ kind: KINDS.secret, object: endpointSecret(endpointId, installation, route) }];
    await applyObjects({ client, owned }, endpointId, wanted, signal);
    await pruneObjects({ client, owned }, endpointId, wanted, signal);
  }

  async standStill(pass: Pass): Promise<void> {
    const { owned } = this.#parts;
    const { service } = pass;
    await this.#synced(pass.signal);
    if (owned.deployments(service.id).length > 0) {
      await this.#keepLogs(service.id, owned.pods(service.id), pass.signal);
    }
    await pruneObjects(this.#parts, service.id, [], pass.signal);
  }

  async remove(pass: Pass): Promise<boolean> {
    const { owned, keptLogs } = this.#parts;
    const { service } = pass;
    await this.#synced(pass.signal);
    await pruneObjects(this.#parts, service.id, [], pass.signal);
    if (owned.has(service.id)) {
      return false;
    }
    await keptLogs.remove(service.id);
    return true;
  }

  async removeLeftovers(serviceId: string, signal: AbortSignal): Promise<void> {
    await this.#synced(signal);
    await pruneObjects(this.#parts, serviceId, [], signal);
    await this.#parts.keptLogs.remove(serviceId);
  }

  beginAttempt(serviceId: string): void {
    this.#told.delete(serviceId);
  }

  forget(serviceId: string): void {
    this.#told.delete(serviceId);
  }

  /** The last lines of the service's replicas, oldest first; then those of replicas that had to go because they failed. */
  async logs(serviceId: string, lines: number): Promise<readonly string[]> {
    const { client, owned, keptLogs } = this.#parts;
    const kept = await keptLogs.read(serviceId, Math.ceil(lines / 2));
    const pods = owned.pods(serviceId).filter((pod) => kept.length === 0 || !isLeaving(pod));
    const live = await readPodLogs(client, pods, lines, AbortSignal.timeout(LOG_TIMEOUT_MS));
    return [...live, ...kept].slice(-lines);
  }

  decisions({ name }: ServiceRecord): Promise<readonly ScalingDecision[]> {
    return readDecisions(this.#parts.client, name, AbortSignal.timeout(SYNC_TIMEOUT_MS));
  }

  followLogs(serviceId: string, lines: number, signal: AbortSignal): Promise<AsyncIterable<string>> {
    const { client, owned, keptLogs, clock } = this.#parts;
    const pods = () => owned.pods(serviceId);
    return followPods({ client, pods, kept: () => keptLogs.read(serviceId, lines), clock }, lines, signal);
  }

  async #apply(pass: Pass, goal: Goal, image: ServiceImage): Promise<Applied> {
    const { owned, keptLogs } = this.#parts;
    const { service, signal } = pass;
    // As it is now: attaching it again may have changed where its services are to be.
    const compute = await this.#parts.state.computes.get(service.workspaceId, goal.spec.computeName);
    const namespace = goal.spec.settings.namespace ?? compute.namespace ?? DEFAULT_NAMESPACE;
    await this.#synced(signal);
    const kinds = goalCredentials(pass, goal, false);
    const workload = await this.#workload(service, goal.spec, { ...compute, namespace }, image, kinds, signal);
    try {
      await applyObjects(this.#parts, service.id, workloadObjects(workload), signal);
      await this.#claimReplicas(workload, signal);
    } catch (error) {
      const refused = isFarledError(error) ? errorToWire(error) : refusal(error, namespace);
      if (refused === null) {
        throw error;
      }
      return { ...this.#looked(service, workload, goal), complete: false, trouble: refused, giveUp: refused };
    }
    const applied = this.#looked(service, workload, goal);
    this.#tell(pass, this.#diagnosis(service.id, workload).notes);
    if (applied.giveUp !== null && goal.onTrial) {
      const failed = owned.pods(service.id).filter((pod) => isOfRevision(pod, workload.revision));
      await this.#keepLogs(service.id, failed, signal);
    }
    if (applied.complete && goal.onTrial) {
      // What failed before is of no interest any more.
      await keptLogs.remove(service.id);
      // What served before is not needed any more, nor is who may use it.
      const credentials = await routeCredentials(this.#parts, service, goalCredentials(pass, goal, true));
      await applyObjects(this.#parts, service.id, workloadObjects({ ...workload, ...credentials }), signal);
    }
    if (applied.complete) {
      await pruneObjects(this.#parts, service.id, workloadObjects(workload), signal);
    }
    return applied;
  }

  #looked(service: ServiceRecord, workload: Workload, goal: Goal): Applied {
    const seen = this.#diagnosis(service.id, workload);
    const needed = initialReplicas(workload.settings);
    return {
      replicas: {
        desiredReplicas: seen.desired,
        updatedReplicas: seen.updated,
        availableReplicas: seen.available,
        replicas: seen.replicas,
      },
      neededReplicas: needed,
      complete: seen.complete,
      trouble: seen.failure ?? seen.trouble,
      giveUp: goal.onTrial ? seen.failure : null,
      // More replicas than there is room for are a wish of the load, and no fault of the service.
      unschedulable: seen.available >= needed && seen.complete ? null : seen.unschedulable,
      recheckAfterMs: seen.complete ? null : ROLLOUT_POLL_MS,
    };
  }

  #diagnosis(serviceId: string, { revision, settings, namespace, service }: Workload): Diagnosis {
    const { owned, clock, maximumCrashes } = this.#parts;
    const name = objectName(service.name);
    return diagnose(
      {
        deployment: owned
          .deployments(serviceId)
          .find(({ metadata }) => metadata.name === name && metadata.namespace === namespace),
        replicaSets: owned.replicaSets(serviceId),
        pods: owned.pods(serviceId),
      },
      { revision, replicas: fixedReplicas(settings), maximumCrashes },
      clock.now(),
    );
  }

  async #workload(
    service: ServiceRecord,
    spec: ServiceSpec,
    { namespace, placement }: Pick<ComputeRecord, 'placement'> & { readonly namespace: string },
    image: ServiceImage,
    kinds: CredentialKinds,
    signal: AbortSignal,
  ): Promise<Workload> {
    const { installation, pullSecrets } = this.#parts;
    const source = {
      service: { id: service.id, name: service.name, workspace: service.workspace.workspace },
      installation,
      namespace,
      image: image.reference,
      pullSecret: await pullSecrets.ensure(namespace, signal),
      environmentVariables: image.environmentVariables,
      settings: spec.settings,
      runtimeVariables: image.runtimeVariables,
      placement: placement ?? ANYWHERE,
      architecture: image.architectures,
    };
    return {
      ...source,
      revision: templateRevision(source),
      ...(await routeCredentials(this.#parts, service, kinds)),
    };
  }

  async #claimReplicas(workload: Workload, signal: AbortSignal): Promise<void> {
    const { client, owned } = this.#parts;
    const { service, namespace } = workload;
    const live = owned.find(service.id, KINDS.deployment, objectName(service.name), namespace);
    const claim = live === undefined ? null : replicasClaim(workload, live as never);
    if (claim !== null) {
      const key = { name: claim.metadata.name, namespace };
      await client.patch(KINDS.deployment, key, { spec: claim.spec }, signal, 'scale');
    }
  }

  async #synced(signal: AbortSignal): Promise<void> {
    await this.#parts.owned.synced(AbortSignal.any([signal, AbortSignal.timeout(SYNC_TIMEOUT_MS)]));
  }

  async #keepLogs(serviceId: string, pods: readonly Pod[], signal: AbortSignal): Promise<void> {
    const { client, keptLogs } = this.#parts;
    const limited = AbortSignal.any([signal, AbortSignal.timeout(LOG_TIMEOUT_MS)]);
    const lines = await readPodLogs(client, pods, LOG_LINES, limited);
    if (lines.length > 0) {
      await keptLogs.keep(serviceId, lines);
    }
  }

  #tell({ service, log }: Pass, notes: readonly string[]): void {
    const told = this.#told.get(service.id) ?? new Set<string>();
    this.#told.set(service.id, told);
    for (const note of notes) {
      if (!told.has(note)) {
        told.add(note);
        log(note);
      }
    }
  }
}
