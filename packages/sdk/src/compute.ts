/** Compute targets: clusters, or this machine, that services run on. */
import { randomUUID } from 'node:crypto';

import { FarledError, routes, type ClusterPurpose, type Compute, type Operation } from '@farled/contract';

import { attachBody, type AttachConfiguration, type ProvisioningConfiguration } from './attach-configuration.ts';
import type { CallInput } from './client.ts';
import { followOperation } from './operation.ts';
import { readPages } from './pages.ts';
import { lineWriter, type WaitOptions } from './show-output.ts';
import type { Workspace } from './workspace.ts';

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
    return put(workspace, name, provisioningConfiguration, options.signal);
  }

  /** Makes a compute target of an existing cluster; of one that is attached by that name, what is said replaces what was. */
  static async attach(
    workspace: Workspace,
    name: string,
    attachConfiguration: AttachConfiguration,
    options: CallOptions = {},
  ): Promise<ComputeTarget> {
    return put(workspace, name, await attachBody(workspace, attachConfiguration), options.signal);
  }

  /** The name of the workspace's only compute target. @throws FarledError BadArgument when there is none, or several. */
  static async only(workspace: Workspace, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<string> {
    const all = await ComputeTarget.list(workspace, { signal });
    const [first, second] = all;
    if (first === undefined || second !== undefined) {
      throw new FarledError('BadArgument', 'The compute target is not named.', {
        suggestion:
          first === undefined
            ? 'Create one with `farled computetarget create aks -n myaks --cluster-purpose DevTest`, and name it.'
            : `Name one: ${all.map(({ name }) => name).join(', ')}.`,
      });
    }
    return first.name;
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
  /** Base address of scoring requests; null until there is one. */
  get scoringUrl(): string | null {
    return this.#fields.scoringUrl;
  }

  async refresh(signal?: AbortSignal): Promise<void> {
    this.#fields = await read(this.workspace, this.name, signal);
  }

  /** The text of a kubeconfig of the cluster, as an owner of the workspace may see it. */
  async getCredentials(signal?: AbortSignal): Promise<string> {
    const params = { ...this.workspace.path, compute: this.name };
    return (await this.workspace.client.call(routes.computes.credentials, { params, signal })).kubeconfig;
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
        suggestion: this.#fields.attached
          ? 'Attach it again once the cause is mended, or detach it.'
          : 'Delete it and create it again.',
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

function read(workspace: Workspace, name: string, signal: AbortSignal | undefined): Promise<Compute> {
  return workspace.client.call(routes.computes.get, { params: { ...workspace.path, compute: name }, signal });
}

async function put(
  workspace: Workspace,
  name: string,
  body: CallInput<typeof routes.computes.put>['body'],
  signal: AbortSignal | undefined,
): Promise<ComputeTarget> {
  const operation = await workspace.client.call(routes.computes.put, {
    params: { ...workspace.path, compute: name },
    body: { ...body, operationId: randomUUID() },
    signal,
  });
  return new ComputeTarget(workspace, await read(workspace, name, signal), operation.id);
}
