/** A workspace: what models, environments, compute targets and services belong to. */
import { FarledError, routes, type Workspace as WorkspaceFields, type WorkspacePath } from '@farled/contract';

import type { CallInput, Client } from './client.ts';
import { connect } from './node/connect.ts';
import { findWorkspaceConfig, writeWorkspaceConfig, type WriteOptions } from './node/workspace-config.ts';
import { readPages } from './pages.ts';

/** The subscription of workspaces that never were in Azure. */
export const DEFAULT_SUBSCRIPTION = '00000000-0000-0000-0000-000000000000';

interface CallOptions {
  /** The server to talk to; {@link connect} finds it when absent. */
  readonly client?: Client | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface WorkspaceName {
  readonly name: string;
  readonly subscriptionId?: string | undefined;
  readonly resourceGroup: string;
}

type CreateFields = NonNullable<CallInput<typeof routes.workspaces.create>['body']>;
export type CreateWorkspaceOptions = WorkspaceName & CreateFields & CallOptions;
export type UpdateWorkspaceFields = NonNullable<CallInput<typeof routes.workspaces.update>['body']>;

export class Workspace {
  readonly client: Client;
  #fields: WorkspaceFields;

  constructor(client: Client, fields: WorkspaceFields) {
    this.client = client;
    this.#fields = fields;
  }

  /** The workspace that config.json names: in the folder, its .azureml or aml_config, or a folder above. */
  static async fromConfig(options: { path?: string; fileName?: string } & CallOptions = {}): Promise<Workspace> {
    const { path = '.', fileName, client, signal } = options;
    const config = await findWorkspaceConfig(path, fileName);
    if (config === undefined) {
      throw new FarledError(
        'InvalidDocument',
        `Neither "${path}" nor a folder above it has a workspace's config.json.`,
        {
          suggestion: 'Write one with `farled folder attach -w WORKSPACE -g RESOURCE_GROUP`, or use Workspace.get.',
        },
      );
    }
    return Workspace.get({ ...config, name: config.workspace, client, signal });
  }

  static async get(options: WorkspaceName & CallOptions): Promise<Workspace> {
    const client = options.client ?? connect();
    const fields = await client.call(routes.workspaces.get, { params: pathOf(options), signal: options.signal });
    return new Workspace(client, fields);
  }

  static async create(options: CreateWorkspaceOptions): Promise<Workspace> {
    const { name, subscriptionId, resourceGroup, client = connect(), signal, ...body } = options;
    const params = pathOf({ name, subscriptionId, resourceGroup });
    return new Workspace(client, await client.call(routes.workspaces.create, { params, body, signal }));
  }

  static async list(
    options: { subscriptionId?: string; resourceGroup?: string } & CallOptions = {},
  ): Promise<Workspace[]> {
    const { client = connect(), signal, ...filter } = options;
    const all = await readPages((skipToken) =>
      client.call(routes.workspaces.list, { query: { ...filter, skipToken }, signal }),
    );
    return all.map((fields) => new Workspace(client, fields));
  }

  /** What routes of this workspace start with. */
  get path(): WorkspacePath {
    const { subscriptionId, resourceGroup, name } = this.#fields;
    return { subscriptionId, resourceGroup, workspace: name };
  }

  get id(): string {
    return this.#fields.id;
  }
  get name(): string {
    return this.#fields.name;
  }
  get subscriptionId(): string {
    return this.#fields.subscriptionId;
  }
  get resourceGroup(): string {
    return this.#fields.resourceGroup;
  }
  get location(): string {
    return this.#fields.location;
  }
  get tags(): Readonly<Record<string, string>> {
    return this.#fields.tags;
  }

  getDetails(): WorkspaceFields {
    return structuredClone(this.#fields);
  }

  async update(body: UpdateWorkspaceFields, signal?: AbortSignal): Promise<void> {
    this.#fields = await this.client.call(routes.workspaces.update, { params: this.path, body, signal });
  }

  /** Deletes the workspace with its models and environments; it must have no services and compute targets. */
  async delete(signal?: AbortSignal): Promise<void> {
    await this.client.call(routes.workspaces.delete, { params: this.path, signal });
  }

  /** Writes `.azureml/config.json`, which {@link Workspace.fromConfig} finds; returns where it is. */
  writeConfig(options: WriteOptions = {}): Promise<string> {
    return writeWorkspaceConfig(this.path, options);
  }
}

function pathOf({ name, subscriptionId = DEFAULT_SUBSCRIPTION, resourceGroup }: WorkspaceName): WorkspacePath {
  return { subscriptionId, resourceGroup, workspace: name };
}
