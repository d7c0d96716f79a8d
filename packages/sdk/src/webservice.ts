/** Web services: entry scripts with their models, answering requests. */
import { randomUUID } from 'node:crypto';

import {
  type ErrorCode,
  isFarledError,
  KEPT_DECISIONS,
  routes,
  type ScalingDecision,
  type Service,
  type ServiceState,
} from '@farled/contract';

import type { CallInput } from './client.ts';
import { type CredentialCalls, Credentialed } from './credentialed.ts';
import {
  deployConfiguration,
  settingsOf,
  type DeployConfigurationParameters,
  type SettingParameters,
} from './deploy-configuration.ts';
import type { ServiceConfiguration } from './documents/deployment-config.ts';
import { followLines } from './follow-lines.ts';
import { prepareInference, type InferenceConfig } from './inference-config.ts';
import { followOperation } from './operation.ts';
import { readPages } from './pages.ts';
import { score } from './score.ts';
import { lineWriter, type SendOptions, type WaitOptions } from './show-output.ts';
import type { Workspace } from './workspace.ts';

/** How often it is asked for new decisions, of which a service has at most one a second. */
const FOLLOWING_MS = 1000;

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface ListServicesOptions extends CallOptions {
  readonly computeType?: string | undefined;
  readonly computeName?: string | undefined;
  readonly modelName?: string | undefined;
  readonly modelId?: string | undefined;
  /** «key» or «key=value», all of which must hold. */
  readonly tags?: readonly string[] | undefined;
  readonly properties?: readonly string[] | undefined;
}

export interface UpdateServiceOptions extends SettingParameters, SendOptions {
  readonly models?: readonly { readonly id: string }[] | undefined;
  readonly inferenceConfig?: InferenceConfig | undefined;
  readonly settings?: NonNullable<CallInput<typeof routes.services.update>['body']>['settings'];
  readonly description?: string | undefined;
  /** Replaces all tags. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly addTags?: Readonly<Record<string, string>> | undefined;
  readonly removeTags?: readonly string[] | undefined;
  /** Properties are only added. */
  readonly properties?: Readonly<Record<string, string>> | undefined;
}

export class Webservice extends Credentialed {
  readonly workspace: Workspace;
  readonly name: string;
  #fields: Service;
  /** The operation that this object started last, else the service's latest. */
  #operationId: string;

  constructor(workspace: Workspace, fields: Service, operationId: string = fields.operationId) {
    super();
    this.workspace = workspace;
    this.name = fields.name;
    this.#fields = fields;
    this.#operationId = operationId;
  }

  static async get(workspace: Workspace, name: string, { signal }: CallOptions = {}): Promise<Webservice> {
    return new Webservice(workspace, await read(workspace, name, signal));
  }

  static async list(workspace: Workspace, options: ListServicesOptions = {}): Promise<Webservice[]> {
    const { tags, properties, signal, ...filter } = options;
    const all = await readPages((skipToken) =>
      workspace.client.call(routes.services.list, {
        params: workspace.path,
        query: {
          ...filter,
          tag: tags === undefined ? undefined : [...tags],
          property: properties === undefined ? undefined : [...properties],
          skipToken,
        },
        signal,
      }),
    );
    return all.map((fields) => new Webservice(workspace, fields));
  }

  get state(): ServiceState {
    return this.#fields.state;
  }
  get scoringUri(): string {
    return this.#fields.scoringUri;
  }
  get swaggerUri(): string {
    return this.#fields.swaggerUri;
  }
  get tags(): Readonly<Record<string, string>> {
    return this.#fields.tags;
  }
  get properties(): Readonly<Record<string, string>> {
    return this.#fields.properties;
  }
  get computeName(): string {
    return this.#fields.computeName;
  }
  get error(): Service['error'] {
    return this.#fields.error;
  }

  async refresh(signal?: AbortSignal): Promise<void> {
    this.#fields = await read(this.workspace, this.name, signal);
  }

  /** Waits until the deployment or update has ended; its failure is thrown. */
  async waitForDeployment({ showOutput, signal }: WaitOptions = {}): Promise<void> {
    const { client, path } = this.workspace;
    try {
      await followOperation(client, path, this.#operationId, { onLine: lineWriter(showOutput), signal });
    } finally {
      if (signal?.aborted !== true) {
        await this.refresh(signal);
      }
    }
  }

  /** The last lines that the replicas wrote. */
  async getLogs({ numLines, signal }: { numLines?: number | undefined } & CallOptions = {}): Promise<string> {
    const { lines } = await this.#client.call(routes.services.logs, {
      params: this.#path,
      query: { lines: numLines },
      signal,
    });
    return lines.join('\n');
  }

  /** The last lines that the replicas wrote, then each line as it is written, until the signal. */
  async *followLogs({ numLines, signal }: { numLines?: number | undefined } & CallOptions = {}): AsyncGenerator<
    string,
    void,
    void
  > {
    const query = { lines: numLines };
    yield* followLines(
      () => this.#client.call(routes.services.followLogs, { params: this.#path, query, signal }),
      signal,
    );
  }

  /** What the autoscaler decided last, oldest first: each change, and each refusal to change. */
  async getDecisions({ last, signal }: { last?: number | undefined } & CallOptions = {}): Promise<
    readonly ScalingDecision[]
  > {
    const { value } = await this.#client.call(routes.services.decisions, {
      params: this.#path,
      query: { last },
      signal,
    });
    return value;
  }

  /** As {@link Webservice.getDecisions}, then each decision soon after it is made, until the signal. */
  async *followDecisions({ last, signal }: { last?: number | undefined } & CallOptions = {}): AsyncGenerator<
    ScalingDecision,
    void,
    void
  > {
    const decisions = await this.getDecisions({ last, signal });
    yield* decisions;
    let latest = decisions.at(-1)?.at ?? '';
    for (;;) {
      await this.#client.clock.sleep(FOLLOWING_MS, signal).catch(() => {});
      if (signal?.aborted === true) {
        return;
      }
      for (const decision of await this.getDecisions({ last: KEPT_DECISIONS, signal })) {
        if (decision.at > latest) {
          latest = decision.at;
          yield decision;
        }
      }
    }
  }

  /**
   * Scores one input, with the primary key or a token, as the service wants. Text goes as it is, anything else as JSON.
   */
  async run(input: unknown, { signal }: CallOptions = {}): Promise<unknown> {
    const { authEnabled, tokenAuthEnabled } = this.#fields.settings;
    const isOpen = !authEnabled && !tokenAuthEnabled;
    try {
      return await this.#score(input, isOpen ? undefined : await this.#credential(signal), signal);
    } catch (error) {
      if (!hasCode(error, 'Unauthorized')) {
        throw error;
      }
    }
    // What it was refused for was replaced, revoked, or is of the kind that the service took before.
    await this.refresh(signal);
    return this.#score(input, await this.#credential(signal), signal);
  }

  /** Starts an update: what is not named stays. {@link Webservice.waitForDeployment} waits for its end. */
  async update(options: UpdateServiceOptions): Promise<void> {
    const { models, inferenceConfig, settings, description, tags, addTags, removeTags, properties, ...rest } = options;
    const { signal, onProgress, notice, ...parameters } = rest;
    const changes = settings ?? settingsOf(parameters);
    const inference =
      inferenceConfig === undefined
        ? undefined
        : await prepareInference(this.workspace, inferenceConfig, { signal, onProgress, notice });
    const operation = await this.#client.call(routes.services.update, {
      params: this.#path,
      body: {
        models: models?.map((model) => model.id),
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
    this.#operationId = operation.id;
    await this.refresh(signal);
  }

  /**
   * Starts to bring back what the service was before its last change; once more goes forward again. Its keys stay.
   * {@link Webservice.waitForDeployment} waits for its end.
   */
  async rollback({ signal }: CallOptions = {}): Promise<void> {
    const operation = await this.#client.call(routes.services.rollBack, {
      params: this.#path,
      body: { operationId: randomUUID() },
      signal,
    });
    this.#operationId = operation.id;
    await this.refresh(signal);
  }

  /** Deletes the service, and waits until its replicas have ended. */
  async delete({ showOutput, signal }: WaitOptions = {}): Promise<void> {
    const operation = await this.#client.call(routes.services.delete, {
      params: this.#path,
      query: { operationId: randomUUID() },
      signal,
    });
    if (operation !== undefined) {
      await followOperation(this.#client, this.workspace.path, operation.id, {
        onLine: lineWriter(showOutput),
        signal,
      });
    }
  }

  serialize(): Service {
    return structuredClone(this.#fields);
  }

  #score(input: unknown, credential: string | undefined, signal: AbortSignal | undefined): Promise<unknown> {
    const logs = `farled service get-logs -n ${this.name}`;
    return score({ service: this.#fields, logs, credential, input, fetch: this.#client.fetch, signal });
  }

  /** Of the kind that the settings name; of the other one where a change failed, or is not known here. */
  async #credential(signal: AbortSignal | undefined): Promise<string> {
    const token = async (): Promise<string> => (await this.getToken({ signal }))[0];
    const key = async (): Promise<string> => (await this.getKeys({ signal }))[0];
    const [first, second] = this.#fields.settings.tokenAuthEnabled ? [token, key] : [key, token];
    try {
      return await first();
    } catch (error) {
      if (!hasCode(error, 'AuthenticationKindDiffers')) {
        throw error;
      }
      return second();
    }
  }

  protected get credentialCalls(): CredentialCalls {
    const [client, params] = [this.#client, this.#path];
    return {
      listKeys: (signal) => client.call(routes.services.listKeys, { params, signal }),
      regenerateKey: (body, signal) => client.call(routes.services.regenerateKey, { params, body, signal }),
      getToken: (signal) => client.call(routes.services.getToken, { params, signal }),
      revokeTokens: (signal) => client.call(routes.services.revokeTokens, { params, signal }),
    };
  }

  get #client() {
    return this.workspace.client;
  }

  get #path() {
    return { ...this.workspace.path, service: this.name };
  }
}

/** A service on a compute target of type AKS, which so far all are. */
export class AksWebservice extends Webservice {
  static deployConfiguration(parameters: DeployConfigurationParameters = {}): ServiceConfiguration {
    return deployConfiguration(parameters);
  }

  /** The service that a just started operation makes. */
  static async ofOperation(
    workspace: Workspace,
    name: string,
    operationId: string,
    signal?: AbortSignal,
  ): Promise<AksWebservice> {
    return new AksWebservice(workspace, await read(workspace, name, signal), operationId);
  }
}

function hasCode(error: unknown, code: ErrorCode): boolean {
  return isFarledError(error) && error.code === code;
}

function read(workspace: Workspace, name: string, signal: AbortSignal | undefined): Promise<Service> {
  return workspace.client.call(routes.services.get, { params: { ...workspace.path, service: name }, signal });
}
