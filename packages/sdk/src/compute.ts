/** Compute targets: clusters, or this machine, that services run on. */
import { randomUUID } from 'node:crypto';

import { clusterId, FarledError, routes, type ClusterPurpose, type Compute, type Operation } from '@farled/contract';

import type { CallInput } from './client.ts';
import { refuseUnbuilt } from './not-built.ts';
import { followOperation } from './operation.ts';
import { readPages } from './pages.ts';
import { lineWriter, type WaitOptions } from './show-output.ts';
import type { Workspace } from './workspace.ts';

type PutBody = CallInput<typeof routes.computes.put>['body'];
export type ProvisioningConfiguration = Extract<PutBody, { mode: 'create' }>;
/** By resource id, or by resource group and name in the workspace's subscription. */
export type AttachConfiguration = Omit<Extract<PutBody, { mode: 'attach' }>, 'resourceId'> &
  ({ readonly resourceId: string } | { readonly resourceGroup: string; readonly clusterName: string });

interface Unbuilt {
  readonly sslCname?: string | undefined;
  readonly sslCertPemFile?: string | undefined;
  readonly sslKeyPemFile?: string | undefined;
  readonly vnetResourcegroupName?: string | undefined;
  readonly vnetName?: string | undefined;
  readonly subnetName?: string | undefined;
  readonly serviceCidr?: string | undefined;
  readonly dnsServiceIp?: string | undefined;
  readonly dockerBridgeCidr?: string | undefined;
  readonly loadBalancerSubnet?: string | undefined;
}

export type ProvisioningOptions = Omit<ProvisioningConfiguration, 'mode' | 'operationId'> & Unbuilt;

export interface AttachOptions {
  readonly resourceId?: string | undefined;
  readonly resourceGroup?: string | undefined;
  readonly clusterName?: string | undefined;
  readonly clusterPurpose?: ClusterPurpose | undefined;
  readonly loadBalancerType?: 'PublicIp' | 'InternalLoadBalancer' | undefined;
  readonly loadBalancerSubnet?: string | undefined;
  readonly namespace?: string | undefined;
  readonly description?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export class ComputeTarget {
  readonly workspace: Workspace;
  readonly name: string;
  #fields: Compute;
  #operationId: string | undefined;

  constructor(workspace: Workspace, fields: Compute, operationId?: string) {
    this.workspace = workspace;
    this.name = fields.name;
    this.#fields = fields;
    this.#operationId = operationId;
  }

  static async get(workspace: Workspace, name: string, { signal }: CallOptions = {}): Promise<ComputeTarget> {
    return new ComputeTarget(workspace, await read(workspace, name, signal));
  }

  static async list(workspace: Workspace, { signal }: CallOptions = {}): Promise<ComputeTarget[]> {
    const all = await readPages((skipToken) =>
      workspace.client.call(routes.computes.list, { params: workspace.path, query: { skipToken }, signal }),
    );
    return all.map((fields) => new ComputeTarget(workspace, fields));
  }

  /** Starts making a cluster with a compute target; {@link ComputeTarget.waitForCompletion} waits for its end. */
  static create(
    workspace: Workspace,
    name: string,
    provisioningConfiguration: ProvisioningConfiguration,
    options: CallOptions = {},
  ): Promise<ComputeTarget> {
    return put(workspace, name, { ...provisioningConfiguration }, options.signal);
  }

  /** Makes a compute target of a known cluster. */
  static attach(
    workspace: Workspace,
    name: string,
    attachConfiguration: AttachConfiguration,
    options: CallOptions = {},
  ): Promise<ComputeTarget> {
    if ('resourceId' in attachConfiguration) {
      return put(workspace, name, attachConfiguration, options.signal);
    }
    const { resourceGroup, clusterName, ...rest } = attachConfiguration;
    const resourceId = clusterId({ subscriptionId: workspace.subscriptionId, resourceGroup, cluster: clusterName });
    return put(workspace, name, { ...rest, resourceId }, options.signal);
  }

  get provisioningState(): Compute['provisioningState'] {
    return this.#fields.provisioningState;
  }
  get clusterResourceId(): string {
    return this.#fields.resourceId;
  }
  get clusterPurpose(): ClusterPurpose {
    return this.#fields.clusterPurpose;
  }

  async refresh(signal?: AbortSignal): Promise<void> {
    this.#fields = await read(this.workspace, this.name, signal);
  }

  /** Waits until the creation or the attachment that this object started has ended. */
  async waitForCompletion({ showOutput, signal }: WaitOptions = {}): Promise<void> {
    if (this.#operationId !== undefined) {
      const { client, path } = this.workspace;
      await followOperation(client, path, this.#operationId, { onLine: lineWriter(showOutput), signal });
    }
    await this.refresh(signal);
    if (this.provisioningState === 'Failed') {
      const reasons = this.#fields.provisioningErrors.map(({ message }) => message).join('; ');
      throw new FarledError('InternalError', `The compute target "${this.name}" could not be provisioned: ${reasons}`, {
        suggestion: 'Delete it and create it again.',
      });
    }
  }

  /** Removes the compute target; an attached cluster stays known. */
  async detach(options: WaitOptions = {}): Promise<void> {
    const params = { ...this.workspace.path, compute: this.name };
    await this.#follow(
      this.workspace.client.call(routes.computes.detach, {
        params,
        query: { operationId: randomUUID() },
        signal: options.signal,
      }),
      options,
    );
  }

  /** Removes the compute target and its cluster. */
  async delete(options: WaitOptions = {}): Promise<void> {
    const params = { ...this.workspace.path, compute: this.name };
    await this.#follow(
      this.workspace.client.call(routes.computes.delete, {
        params,
        query: { operationId: randomUUID() },
        signal: options.signal,
      }),
      options,
    );
  }

  serialize(): Compute {
    return structuredClone(this.#fields);
  }

  async #follow(started: Promise<Operation>, { showOutput, signal }: WaitOptions): Promise<void> {
    const { client, path } = this.workspace;
    const { id } = await started;
    await followOperation(client, path, id, { onLine: lineWriter(showOutput), signal });
  }
}

/** A compute target of Azure Kubernetes Service; on one machine the machine stands in for the cluster. */
export class AksCompute extends ComputeTarget {
  static readonly ClusterPurpose = { FAST_PROD: 'FastProd', DEV_TEST: 'DevTest' } as const satisfies Record<
    string,
    ClusterPurpose
  >;

  /** What a new cluster is to be. */
  static provisioningConfiguration(options: ProvisioningOptions = {}): ProvisioningConfiguration {
    const { agentCount, vmSize, clusterPurpose, location, loadBalancerType, description, tags, ...unbuilt } = options;
    refuseUnbuilt(unbuilt, 'Networks and TLS of clusters come with Kubernetes; leave it out on one machine.');
    return { mode: 'create', agentCount, vmSize, clusterPurpose, location, loadBalancerType, description, tags };
  }

  /** Which known cluster to attach: by resource id, or by resource group and name. */
  static attachConfiguration(options: AttachOptions): AttachConfiguration {
    const { resourceId, resourceGroup, clusterName, loadBalancerSubnet, ...rest } = options;
    refuseUnbuilt({ loadBalancerSubnet });
    const common = { ...rest, mode: 'attach' } as const;
    if (resourceId !== undefined && resourceGroup === undefined && clusterName === undefined) {
      return { ...common, resourceId };
    }
    if (resourceId === undefined && resourceGroup !== undefined && clusterName !== undefined) {
      return { ...common, resourceGroup, clusterName };
    }
    throw new FarledError(
      'BadArgument',
      'A cluster to attach is named by resourceId, or by resourceGroup and clusterName.',
      {
        suggestion: '`farled cluster list` shows the known clusters with their ids.',
      },
    );
  }
}

function read(workspace: Workspace, name: string, signal: AbortSignal | undefined): Promise<Compute> {
  return workspace.client.call(routes.computes.get, { params: { ...workspace.path, compute: name }, signal });
}

async function put(
  workspace: Workspace,
  name: string,
  body: PutBody,
  signal: AbortSignal | undefined,
): Promise<ComputeTarget> {
  const operation = await workspace.client.call(routes.computes.put, {
    params: { ...workspace.path, compute: name },
    body: { ...body, operationId: randomUUID() },
    signal,
  });
  return new ComputeTarget(workspace, await read(workspace, name, signal), operation.id);
}
