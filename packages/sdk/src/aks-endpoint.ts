/** Endpoints: several versions of a service under one name, each with a share of the requests. */
import { randomUUID } from 'node:crypto';

import { type Endpoint, type EndpointVersion, isFarledError, routes, type ServiceState } from '@farled/contract';

import type { CallInput } from './client.ts';
import { type CredentialCalls, Credentialed } from './credentialed.ts';
import {
  deployConfiguration,
  settingsOf,
  type DeployConfigurationParameters,
  type SettingParameters,
} from './deploy-configuration.ts';
import type { EndpointConfiguration } from './documents/deployment-config.ts';
import { followLines } from './follow-lines.ts';
import { type InferenceConfig, prepareInference } from './inference-config.ts';
import { followOperation } from './operation.ts';
import { readPages } from './pages.ts';
import { score } from './score.ts';
import { lineWriter, type SendOptions, type WaitOptions } from './show-output.ts';
import type { Workspace } from './workspace.ts';

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

type VersionSettingParameters = Omit<SettingParameters, 'authEnabled' | 'tokenAuthEnabled'>;

interface ShareOptions {
  /** Percent of the requests; what is given to no version goes to the default one. */
  readonly trafficPercentile?: number | undefined;
  /** The default so far ceases to be it. */
  readonly isDefault?: boolean | undefined;
  /** What the other versions, the treatments, are compared with. The control so far becomes one of them. */
  readonly isControlVersionType?: boolean | undefined;
}

export interface EndpointConfigurationParameters extends DeployConfigurationParameters {
  /** Of the first version, which is the default one and the control; the endpoint's name when not said. */
  readonly versionName?: string | undefined;
  /** Percent of the requests. */
  readonly trafficPercentile?: number | undefined;
}

interface VersionOptions extends VersionSettingParameters, ShareOptions, SendOptions {
  readonly models?: readonly { readonly id: string }[] | undefined;
  readonly settings?: NonNullable<CallInput<typeof routes.endpoints.updateVersion>['body']>['settings'];
  readonly description?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly properties?: Readonly<Record<string, string>> | undefined;
}

export interface CreateVersionOptions extends VersionOptions {
  readonly inferenceConfig: InferenceConfig;
}

/** What is not named stays; `tags` replaces all, `properties` are only added. */
export interface UpdateVersionOptions extends VersionOptions {
  readonly inferenceConfig?: InferenceConfig | undefined;
  readonly addTags?: Readonly<Record<string, string>> | undefined;
  readonly removeTags?: readonly string[] | undefined;
}

export type UpdateEndpointOptions = Omit<
  NonNullable<CallInput<typeof routes.endpoints.update>['body']>,
  'operationId' | 'addProperties'
> & {
  /** Properties are only added. */
  readonly properties?: Readonly<Record<string, string>> | undefined;
} & CallOptions;

export type RollOutOptions = Omit<NonNullable<CallInput<typeof routes.endpoints.rollOut>['body']>, 'operationId'> &
  CallOptions;

export class AksEndpoint extends Credentialed {
  readonly workspace: Workspace;
  readonly name: string;
  #fields: Endpoint;
  /** The operation that this object started last, else the endpoint's latest. */
  #operationId: string;

  constructor(workspace: Workspace, fields: Endpoint, operationId: string = fields.operationId) {
    super();
    this.workspace = workspace;
    this.name = fields.name;
    this.#fields = fields;
    this.#operationId = operationId;
  }

  /** Of an endpoint and its first version; `Model.deploy` takes it. */
  static deployConfiguration(parameters: EndpointConfigurationParameters = {}): EndpointConfiguration {
    const { versionName, trafficPercentile, ...rest } = parameters;
    return { ...deployConfiguration(rest), endpoint: { versionName, trafficPercentile } };
  }

  static async get(workspace: Workspace, name: string, { signal }: CallOptions = {}): Promise<AksEndpoint> {
    return new AksEndpoint(workspace, await read(workspace, name, signal));
  }

  /** The endpoint that a just started operation makes. */
  static async ofOperation(
    workspace: Workspace,
    name: string,
    operationId: string,
    signal?: AbortSignal,
  ): Promise<AksEndpoint> {
    return new AksEndpoint(workspace, await read(workspace, name, signal), operationId);
  }

  static async list(
    workspace: Workspace,
    { tags, properties, signal }: { tags?: readonly string[]; properties?: readonly string[] } & CallOptions = {},
  ): Promise<AksEndpoint[]> {
    const all = await readPages((skipToken) =>
      workspace.client.call(routes.endpoints.list, {
        params: workspace.path,
        query: {
          tag: tags === undefined ? undefined : [...tags],
          property: properties === undefined ? undefined : [...properties],
          skipToken,
        },
        signal,
      }),
    );
    return all.map((fields) => new AksEndpoint(workspace, fields));
  }

  get state(): ServiceState {
    return this.#fields.state;
  }
  get scoringUri(): string {
    return this.#fields.scoringUri;
  }
  get error(): Endpoint['error'] {
    return this.#fields.error;
  }
  get tags(): Readonly<Record<string, string>> {
    return this.#fields.tags;
  }
  get properties(): Readonly<Record<string, string>> {
    return this.#fields.properties;
  }
  /** By their names. */
  get versions(): Readonly<Record<string, EndpointVersion>> {
    return Object.fromEntries(this.#fields.versions.map((version) => [version.name, version]));
  }

  async refresh(signal?: AbortSignal): Promise<void> {
    this.#fields = await read(this.workspace, this.name, signal);
  }

  /** Waits until what this object started has ended; its failure is thrown. */
  async waitForDeployment({ showOutput, signal }: WaitOptions = {}): Promise<void> {
    try {
      await this.#follow(this.#operationId, { showOutput, signal });
    } finally {
      if (signal?.aborted !== true) {
        await this.refresh(signal);
      }
    }
  }

  /** Starts to deploy one more version, which gets its share once it answers. */
  async createVersion(versionName: string, { inferenceConfig, ...options }: CreateVersionOptions): Promise<void> {
    const { models, settings, description, tags, properties, signal, ...rest } = options;
    const inference = await prepareInference(this.workspace, inferenceConfig, options);
    const operation = await this.#client.call(routes.endpoints.createVersion, {
      params: { ...this.#path, version: versionName },
      body: {
        ...shareOf(rest),
        models: models?.map(({ id }) => id),
        inference,
        settings: settings ?? settingsOf(settingParameters(rest)),
        description: description ?? inferenceConfig.description,
        tags,
        properties,
        operationId: randomUUID(),
      },
      signal,
    });
    await this.#started(operation.id, signal);
  }

  /** Starts to change a version or its share: what is not named stays. */
  async updateVersion(versionName: string, { inferenceConfig, ...options }: UpdateVersionOptions): Promise<void> {
    const { models, settings, description, tags, addTags, removeTags, properties, signal, ...rest } = options;
    const inference =
      inferenceConfig === undefined ? undefined : await prepareInference(this.workspace, inferenceConfig, options);
    const changes = settings ?? settingsOf(settingParameters(rest));
    const operation = await this.#client.call(routes.endpoints.updateVersion, {
      params: { ...this.#path, version: versionName },
      body: {
        ...shareOf(rest),
        models: models?.map(({ id }) => id),
        inference,
        settings: Object.keys(changes).length === 0 ? undefined : changes,
        description,
        tags,
        addTags,
        removeTags: removeTags === undefined ? undefined : [...removeTags],
        addProperties: properties,
        operationId: randomUUID(),
      },
      signal,
    });
    await this.#started(operation.id, signal);
  }

  /** Starts to delete a version that is not the default one. */
  async deleteVersion(versionName: string, { signal }: CallOptions = {}): Promise<void> {
    const operation = await this.#client.call(routes.endpoints.deleteVersion, {
      params: { ...this.#path, version: versionName },
      query: { operationId: randomUUID() },
      signal,
    });
    await this.#started(operation.id, signal);
  }

  /** Starts to change how requests are shared, who may score, and what is said of the endpoint, all as one. */
  async update({ properties, signal, ...body }: UpdateEndpointOptions): Promise<void> {
    const operation = await this.#client.call(routes.endpoints.update, {
      params: this.#path,
      body: { ...body, addProperties: properties, operationId: randomUUID() },
      signal,
    });
    await this.#started(operation.id, signal);
  }

  /**
   * Starts to give a version more and more of the requests, and to take them back when it does worse than the control.
   * {@link AksEndpoint.waitForDeployment} waits for its end; a rollback is thrown, with the numbers.
   */
  async rollOut({ signal, ...body }: RollOutOptions): Promise<void> {
    const operation = await this.#client.call(routes.endpoints.rollOut, {
      params: this.#path,
      body: { ...body, operationId: randomUUID() },
      signal,
    });
    await this.#started(operation.id, signal);
  }

  /** Gives the version that is being rolled out back what it got before. */
  async abortRollout({ signal }: CallOptions = {}): Promise<void> {
    const operation = await this.#client.call(routes.endpoints.abortRollout, { params: this.#path, signal });
    await this.#started(operation.id, signal);
  }

  /** The last lines that the replicas of a version wrote, of the default one when none is named. */
  async getLogs(
    options: { versionName?: string | undefined; numLines?: number | undefined } & CallOptions = {},
  ): Promise<string> {
    const { lines } = await this.#client.call(routes.endpoints.versionLogs, this.#logsOf(options));
    return lines.join('\n');
  }

  /** The last lines of a version's replicas, then each line as it is written, until the signal. */
  async *followLogs(
    options: { versionName?: string | undefined; numLines?: number | undefined } & CallOptions = {},
  ): AsyncGenerator<string, void, void> {
    yield* followLines(
      () => this.#client.call(routes.endpoints.followVersionLogs, this.#logsOf(options)),
      options.signal,
    );
  }

  /**
   * Scores one input, with the primary key or a token, as the endpoint wants; with a version's name, by that version
   * whatever its share. Text goes as it is, anything else as JSON.
   */
  async run(
    input: unknown,
    { versionName, signal }: { versionName?: string | undefined } & CallOptions = {},
  ): Promise<unknown> {
    try {
      return await this.#score(input, versionName, signal);
    } catch (error) {
      if (!isFarledError(error) || error.code !== 'Unauthorized') {
        throw error;
      }
    }
    // What it was refused for was replaced, revoked, or is of the kind that the endpoint took before.
    await this.refresh(signal);
    return this.#score(input, versionName, signal);
  }

  /** Deletes the endpoint, and waits until the replicas of all versions have ended. */
  async delete({ showOutput, signal }: WaitOptions = {}): Promise<void> {
    const operation = await this.#client.call(routes.endpoints.delete, {
      params: this.#path,
      query: { operationId: randomUUID() },
      signal,
    });
    if (operation !== undefined) {
      await this.#follow(operation.id, { showOutput, signal });
    }
  }

  serialize(): Endpoint {
    return structuredClone(this.#fields);
  }

  async #score(input: unknown, versionName: string | undefined, signal: AbortSignal | undefined): Promise<unknown> {
    const { authEnabled, tokenAuthEnabled, versions, defaultVersion } = this.#fields;
    const version = versions.find(({ name }) => name === (versionName ?? defaultVersion));
    const settings = version?.settings ?? { scoringTimeoutMs: 0, maxQueueWaitMs: 0 };
    const { scoringUri } = versionName === undefined || version === undefined ? this.#fields : version;
    const credential = tokenAuthEnabled
      ? (await this.getToken({ signal }))[0]
      : authEnabled
        ? (await this.getKeys({ signal }))[0]
        : undefined;
    const service = { name: this.name, scoringUri, settings };
    const logs = `farled endpoint realtime get-logs -n ${this.name}`;
    return score({ service, logs, credential, input, fetch: this.#client.fetch, signal });
  }

  #logsOf({
    versionName,
    numLines,
    signal,
  }: { versionName?: string | undefined; numLines?: number | undefined } & CallOptions) {
    return {
      params: { ...this.#path, version: versionName ?? this.#fields.defaultVersion },
      query: { lines: numLines },
      signal,
    };
  }

  async #follow(
    operationId: string,
    { showOutput, signal }: { readonly [Key in keyof WaitOptions]: WaitOptions[Key] | undefined },
  ): Promise<void> {
    const { client, path } = this.workspace;
    await followOperation(client, path, operationId, { onLine: lineWriter(showOutput), signal });
  }

  async #started(operationId: string, signal: AbortSignal | undefined): Promise<void> {
    this.#operationId = operationId;
    await this.refresh(signal);
  }

  protected get credentialCalls(): CredentialCalls {
    const [client, params] = [this.#client, this.#path];
    return {
      listKeys: (signal) => client.call(routes.endpoints.listKeys, { params, signal }),
      regenerateKey: (body, signal) => client.call(routes.endpoints.regenerateKey, { params, body, signal }),
      getToken: (signal) => client.call(routes.endpoints.getToken, { params, signal }),
      revokeTokens: (signal) => client.call(routes.endpoints.revokeTokens, { params, signal }),
    };
  }

  get #client() {
    return this.workspace.client;
  }

  get #path() {
    return { ...this.workspace.path, endpoint: this.name };
  }
}

function shareOf({ trafficPercentile, isDefault, isControlVersionType }: ShareOptions) {
  const type = isControlVersionType === undefined ? undefined : isControlVersionType ? 'Control' : 'Treatment';
  return { trafficPercentile, isDefault, type } as const;
}

/** Without what is no setting. */
function settingParameters(options: VersionOptions): VersionSettingParameters {
  const { trafficPercentile: _, isDefault: __, isControlVersionType: ___, ...settings } = options;
  return settings;
}

function read(workspace: Workspace, name: string, signal: AbortSignal | undefined): Promise<Endpoint> {
  return workspace.client.call(routes.endpoints.get, { params: { ...workspace.path, endpoint: name }, signal });
}
