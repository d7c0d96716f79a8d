/** The Kubernetes clusters behind compute targets, each open for as long as its target is there. */
import { FarledError } from '@farled/contract';
import { Connection, connectKubernetes, type KubernetesClient } from '@farled/kubernetes';
import type { Clock, Logger } from '@farled/service';
import type { ComputeRecord, State } from '@farled/state';

import type { TokenKeys } from '../../routes/credentials.ts';
import { BaseBuilder } from '../../substrate/kubernetes/builder/base-builder.ts';
import type { BuilderSettings } from '../../substrate/kubernetes/builder/builder-image.ts';
import { KubernetesDeployer } from '../../substrate/kubernetes/kubernetes-deployer.ts';
import { OwnedObjects } from '../../substrate/kubernetes/owned-objects.ts';
import { KeptLogs } from '../../substrate/kubernetes/pod-logs.ts';
import { PullSecrets, type RegistryLogin } from '../../substrate/kubernetes/pull-secrets.ts';
import type { ServiceImagesParts } from '../../substrate/kubernetes/service-image.ts';

export interface KubernetesClustersParts {
  readonly state: State;
  readonly images: ServiceImagesParts;
  /** What builds the Dockerfiles of environments. */
  readonly builder: BuilderSettings;
  /** Null when nodes pull without being asked who they are. */
  readonly registryLogin: RegistryLogin | null;
  readonly installation: string;
  readonly logsFolder: string;
  readonly maximumCrashes: number;
  readonly tokenKeys: TokenKeys;
  /** Has a service looked at soon. */
  readonly wake: (serviceId: string) => void;
  /** Has an endpoint looked at soon. */
  readonly wakeEndpoint: (endpointId: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface OpenCluster {
  readonly client: KubernetesClient;
  readonly pullSecrets: PullSecrets;
  readonly deployer: KubernetesDeployer;
}

interface Entry extends OpenCluster, AsyncDisposable {
  /** What it was opened with: another credential opens it anew. */
  readonly connection: string;
}

export class KubernetesClusters implements AsyncDisposable {
  readonly #parts: KubernetesClustersParts;
  readonly #open = new Map<string, Entry>();
  /** Opening reads the record, so two who ask at once must wait for each other. */
  #opening: Promise<unknown> = Promise.resolve();

  constructor(parts: KubernetesClustersParts) {
    this.#parts = parts;
  }

  all(): readonly OpenCluster[] {
    return [...this.#open.values()];
  }

  /** Does not wait for the cluster to answer. @throws FarledError KubernetesUnaccessible when nothing says how to reach it. */
  async of(compute: ComputeRecord): Promise<OpenCluster> {
    const opening = this.#opening.then(() => this.#ensure(compute));
    this.#opening = opening.catch(() => {});
    return opening;
  }

  async close(computeId: string): Promise<void> {
    const entry = this.#open.get(computeId);
    this.#open.delete(computeId);
    await entry?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#open.keys()].map((id) => this.close(id)));
  }

  async #ensure(compute: ComputeRecord): Promise<OpenCluster> {
    const connection = await this.#parts.state.clusters.connection(compute.clusterResourceId);
    const present = this.#open.get(compute.id);
    if (connection === undefined) {
      throw new FarledError(
        'KubernetesUnaccessible',
        `Nothing is recorded of how to reach the cluster of compute target "${compute.name}".`,
        { suggestion: 'Add its kubeconfig again: `farled cluster add`.' },
      );
    }
    if (present?.connection === connection) {
      return present;
    }
    await this.close(compute.id);
    const entry = this.#start(compute, connection);
    this.#open.set(compute.id, entry);
    return entry;
  }

  #start({ id }: ComputeRecord, connection: string): Entry {
    const { state, images, registryLogin, installation, logsFolder, maximumCrashes, wake, clock, log } = this.#parts;
    const { builder, tokenKeys, wakeEndpoint } = this.#parts;
    const client = connectKubernetes(Connection.parse(JSON.parse(connection)), { clock, log });
    const owned = new OwnedObjects({ client, installation, changed: wake, clock, log });
    const ownedOfEndpoints = new OwnedObjects({
      client,
      installation,
      changed: wakeEndpoint,
      of: 'endpoints',
      clock,
      log,
    });
    const pullSecrets = new PullSecrets(client, installation, registryLogin);
    const bases = new BaseBuilder({ ...images, client, installation, registryLogin, builder, clock });
    const deployer = new KubernetesDeployer({
      state,
      client,
      owned,
      ownedOfEndpoints,
      images,
      buildBase: (request) => bases.build(request),
      installation,
      pullSecrets,
      keptLogs: new KeptLogs(logsFolder),
      tokenKeys,
      maximumCrashes,
      clock,
      successor: () => this.#open.get(id)?.deployer,
    });
    return {
      connection,
      client,
      pullSecrets,
      deployer,
      [Symbol.asyncDispose]: async () => {
        await owned[Symbol.asyncDispose]();
        await ownedOfEndpoints[Symbol.asyncDispose]();
        await client[Symbol.asyncDispose]();
      },
    };
  }
}
