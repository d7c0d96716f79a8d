/**
 * What a cluster has of this Farled's services, followed as it changes: by the id of the service that each object
 * belongs to.
 */
import { CLUSTER } from '@farled/contract';
import {
  type Container,
  type Deployment,
  type Informer,
  type Kind,
  KINDS,
  type KubernetesClient,
  type KubernetesObject,
  type Pod,
  type ReplicaSet,
  startInformer,
} from '@farled/kubernetes';
import type { Clock, Logger } from '@farled/service';

export interface OwnedObjectsParts {
  readonly client: KubernetesClient;
  readonly installation: string;
  /** Called when anything of that service, or endpoint, changed. */
  readonly changed: (ownerId: string) => void;
  /** Of objects of endpoints, which have no other ids; those of services when not said. */
  readonly of?: 'services' | 'endpoints';
  readonly clock: Clock;
  readonly log: Logger;
}

export interface OwnedObject {
  readonly kind: Kind;
  readonly object: KubernetesObject;
}

/** What is applied for services, and what follows from it. */
const KINDS_OF_SERVICES = [
  KINDS.deployment,
  KINDS.service,
  KINDS.secret,
  KINDS.networkPolicy,
  KINDS.podDisruptionBudget,
  KINDS.replicaSet,
  KINDS.pod,
] as const satisfies readonly Kind[];

const KINDS_OF_ENDPOINTS = [KINDS.secret] as const satisfies readonly Kind[];

/** Made by the cluster from a Deployment, and gone with it. */
const DERIVED: ReadonlySet<Kind> = new Set<Kind>([KINDS.replicaSet, KINDS.pod]);

export class OwnedObjects implements AsyncDisposable {
  readonly #byService = new Map<string, Map<string, OwnedObject>>();
  readonly #informers: readonly Informer<KubernetesObject>[];
  readonly #changed: (ownerId: string) => void;
  readonly #idLabel: string;

  constructor({ client, installation, changed, of = 'services', clock, log }: OwnedObjectsParts) {
    this.#changed = changed;
    this.#idLabel = of === 'services' ? CLUSTER.serviceIdLabel : CLUSTER.endpointIdLabel;
    const [[name, value] = ['', '']] = Object.entries(CLUSTER.managedBy);
    const labelSelector = `${name}=${value},${CLUSTER.installationLabel}=${installation},${this.#idLabel}`;
    this.#informers = (of === 'services' ? KINDS_OF_SERVICES : KINDS_OF_ENDPOINTS).map((kind: Kind) =>
      startInformer(
        client,
        kind,
        { labelSelector, ...(kind === KINDS.pod ? { select: withWhatIsRead } : {}) },
        (before, after) => this.#note(kind, before, after),
        { clock, log },
      ),
    );
  }

  /** Resolves once everything that there is has been seen; rejects with the signal's reason. */
  async synced(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#informers.map((informer) => informer.synced(signal)));
  }

  /** False while the API server is away: what is known may be old. */
  get current(): boolean {
    return this.#informers.every((informer) => informer.current);
  }

  services(): readonly string[] {
    return [...this.#byService.keys()];
  }

  find(serviceId: string, kind: Kind, name: string, namespace: string): KubernetesObject | undefined {
    return this.#byService.get(serviceId)?.get(keyOf(kind, name, namespace))?.object;
  }

  /** What an apply answered, known before the watch tells. */
  remember(serviceId: string, kind: Kind, object: KubernetesObject): void {
    this.#put(serviceId, kind, object);
  }

  /** All that was applied for the service, without what the cluster derived from it. */
  applied(serviceId: string): readonly OwnedObject[] {
    return this.#all(serviceId).filter(({ kind }) => !DERIVED.has(kind));
  }

  has(serviceId: string): boolean {
    return this.#byService.has(serviceId);
  }

  deployments(serviceId: string): readonly Deployment[] {
    return this.#ofKind(serviceId, KINDS.deployment) as readonly Deployment[];
  }

  replicaSets(serviceId: string): readonly ReplicaSet[] {
    return this.#ofKind(serviceId, KINDS.replicaSet) as readonly ReplicaSet[];
  }

  pods(serviceId: string): readonly Pod[] {
    return this.#ofKind(serviceId, KINDS.pod) as readonly Pod[];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#informers.map((informer) => informer[Symbol.asyncDispose]()));
  }

  #all(serviceId: string): readonly OwnedObject[] {
    return [...(this.#byService.get(serviceId)?.values() ?? [])];
  }

  #ofKind(serviceId: string, kind: Kind): readonly KubernetesObject[] {
    return this.#all(serviceId).flatMap((owned) => (owned.kind === kind ? [owned.object] : []));
  }

  #note(kind: Kind, before: KubernetesObject | undefined, after: KubernetesObject | undefined): void {
    const formerly = before?.metadata.labels?.[this.#idLabel];
    const now = after?.metadata.labels?.[this.#idLabel];
    if (before !== undefined && formerly !== undefined && formerly !== now) {
      this.#forget(formerly, kind, before);
    }
    if (after === undefined && before !== undefined && formerly !== undefined) {
      this.#forget(formerly, kind, before);
    }
    if (after !== undefined && now !== undefined) {
      this.#put(now, kind, after);
    }
    for (const serviceId of new Set([formerly, now])) {
      if (serviceId !== undefined) {
        this.#changed(serviceId);
      }
    }
  }

  #put(serviceId: string, kind: Kind, object: KubernetesObject): void {
    const objects = this.#byService.get(serviceId) ?? new Map<string, OwnedObject>();
    this.#byService.set(serviceId, objects);
    objects.set(keyOf(kind, object.metadata.name, object.metadata.namespace ?? ''), { kind, object });
  }

  #forget(serviceId: string, kind: Kind, object: KubernetesObject): void {
    const objects = this.#byService.get(serviceId);
    objects?.delete(keyOf(kind, object.metadata.name, object.metadata.namespace ?? ''));
    if (objects?.size === 0) {
      this.#byService.delete(serviceId);
    }
  }
}

function keyOf(kind: Kind, name: string, namespace: string): string {
  return `${kind.plural}/${namespace}/${name}`;
}

/** Thousands of pods are followed; of a pod's spec only its node matters, and what tells why a replica does not run. */
function withWhatIsRead(object: KubernetesObject): KubernetesObject {
  const pod = object as Pod;
  const { nodeName, containers } = pod.spec;
  const spec = { containers: containers.map(read), ...(nodeName === undefined ? {} : { nodeName }) };
  return { ...pod, spec } as Pod;
}

function read({ name, image, resources, startupProbe, livenessProbe, readinessProbe }: Container): Container {
  return {
    name,
    image,
    ...(resources && { resources }),
    ...(startupProbe && { startupProbe }),
    ...(livenessProbe && { livenessProbe }),
    ...(readinessProbe && { readinessProbe }),
  };
}
