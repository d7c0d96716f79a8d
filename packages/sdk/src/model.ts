/** A registered model: one version of a name. */
import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';

import {
  FarledError,
  parseOrThrow,
  routes,
  ServiceSettings,
  type Model as ModelFields,
  type ResourceRequirements,
} from '@farled/contract';

import { AksEndpoint } from './aks-endpoint.ts';
import type { CallInput } from './client.ts';
import { ComputeTarget } from './compute.ts';
import { deployConfiguration } from './deploy-configuration.ts';
import type {
  DeploymentConfiguration,
  EndpointConfiguration,
  ServiceConfiguration,
} from './documents/deployment-config.ts';
import { prepareInference, type InferenceConfig } from './inference-config.ts';
import { ModelPackage, type PackageOptions } from './model-package.ts';
import { downloadFiles } from './node/download.ts';
import { listModelFiles } from './node/files.ts';
import { uploadFiles } from './node/upload.ts';
import { readPages } from './pages.ts';
import type { SendOptions } from './show-output.ts';
import { AksWebservice } from './webservice.ts';
import type { Workspace } from './workspace.ts';

type Framework = ModelFields['framework'];

export interface RegisterModelOptions extends SendOptions {
  /** A file, or a folder with all that is in it. */
  readonly modelPath: string;
  readonly modelName: string;
  readonly description?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly properties?: Readonly<Record<string, string>> | undefined;
  readonly modelFramework?: Framework | undefined;
  readonly modelFrameworkVersion?: string | undefined;
  readonly resourceConfiguration?: ResourceRequirements | undefined;
  readonly runId?: string | undefined;
  readonly experimentName?: string | undefined;
  readonly sampleInputDatasetId?: string | undefined;
  readonly sampleOutputDatasetId?: string | undefined;
}

export interface ListModelsOptions {
  readonly name?: string | undefined;
  /** «key» or «key=value», all of which must hold. */
  readonly tags?: readonly string[] | undefined;
  readonly properties?: readonly string[] | undefined;
  readonly framework?: string | undefined;
  readonly runId?: string | undefined;
  /** Only the highest version of each name. */
  readonly latest?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type UpdateModelFields = NonNullable<CallInput<typeof routes.models.update>['body']>;

export interface DeployOptions extends SendOptions {
  /** Replace a service of that name; its keys and scoring address stay. */
  readonly overwrite?: boolean | undefined;
}

export class Model {
  readonly workspace: Workspace;
  #fields: ModelFields;

  constructor(workspace: Workspace, fields: ModelFields) {
    this.workspace = workspace;
    this.#fields = fields;
  }

  static readonly Framework = {
    CUSTOM: 'Custom',
    SCIKITLEARN: 'ScikitLearn',
    TENSORFLOW: 'TensorFlow',
    TFKERAS: 'TfKeras',
    PYTORCH: 'PyTorch',
    ONNX: 'Onnx',
    MULTI: 'Multi',
  } as const satisfies Record<string, Framework>;

  /** Uploads the files and registers them as the next version of the name. */
  static async register(workspace: Workspace, options: RegisterModelOptions): Promise<Model> {
    const files = await listModelFiles(options.modelPath);
    const manifest = await uploadFiles(workspace.client, workspace.path, files, options);
    const fields = await workspace.client.call(routes.models.register, {
      params: workspace.path,
      body: {
        name: options.modelName,
        files: manifest,
        description: options.description,
        tags: options.tags,
        properties: options.properties,
        framework: options.modelFramework,
        frameworkVersion: options.modelFrameworkVersion,
        resourceRequirements: options.resourceConfiguration,
        runId: options.runId,
        experimentName: options.experimentName,
        sampleInputDatasetId: options.sampleInputDatasetId,
        sampleOutputDatasetId: options.sampleOutputDatasetId,
      },
      signal: options.signal,
    });
    return new Model(workspace, fields);
  }

  /** By id («name:version»), by name and version, or the newest version of a name. */
  static async get(
    workspace: Workspace,
    reference: { id: string } | { name: string; version?: number | undefined },
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): Promise<Model> {
    if ('id' in reference || reference.version !== undefined) {
      const model = 'id' in reference ? reference.id : `${reference.name}:${reference.version}`;
      const params = { ...workspace.path, model };
      return new Model(workspace, await workspace.client.call(routes.models.get, { params, signal }));
    }
    const { name } = reference;
    const [newest] = await Model.list(workspace, { name, latest: true, signal });
    if (newest === undefined) {
      throw new FarledError('ModelNotFound', `The workspace "${workspace.name}" has no model "${name}".`, {
        suggestion: '`farled model list` shows what there is.',
      });
    }
    return newest;
  }

  static async list(workspace: Workspace, options: ListModelsOptions = {}): Promise<Model[]> {
    const { tags, properties, latest, signal, ...filter } = options;
    const all = await readPages((skipToken) =>
      workspace.client.call(routes.models.list, {
        params: workspace.path,
        query: {
          ...filter,
          tag: tags === undefined ? undefined : [...tags],
          property: properties === undefined ? undefined : [...properties],
          latest: latest === true ? 'true' : undefined,
          skipToken,
        },
        signal,
      }),
    );
    return all.map((fields) => new Model(workspace, fields));
  }

  /** Starts to deploy an endpoint with its first version; {@link AksEndpoint.waitForDeployment} waits for its end. */
  static deploy(
    workspace: Workspace,
    name: string,
    models: readonly Model[],
    inferenceConfig: InferenceConfig,
    deploymentConfig: EndpointConfiguration,
    deploymentTarget: ComputeTarget | string,
    options?: DeployOptions,
  ): Promise<AksEndpoint>;
  /**
   * Starts a deployment; {@link AksWebservice.waitForDeployment} waits for its end.
   *
   * @param inferenceConfig without one the only model is served by what is known of its framework.
   * @param deploymentTarget without one the only compute target of the workspace is taken.
   */
  static deploy(
    workspace: Workspace,
    name: string,
    models: readonly Model[],
    inferenceConfig?: InferenceConfig,
    deploymentConfig?: ServiceConfiguration,
    deploymentTarget?: ComputeTarget | string,
    options?: DeployOptions,
  ): Promise<AksWebservice>;
  /** What the configuration, such as one that was read, says: either of them. */
  static deploy(
    workspace: Workspace,
    name: string,
    models: readonly Model[],
    inferenceConfig?: InferenceConfig,
    deploymentConfig?: DeploymentConfiguration,
    deploymentTarget?: ComputeTarget | string,
    options?: DeployOptions,
  ): Promise<AksWebservice | AksEndpoint>;
  static async deploy(
    workspace: Workspace,
    name: string,
    models: readonly Model[],
    inferenceConfig?: InferenceConfig,
    deploymentConfig: DeploymentConfiguration = deployConfiguration({}),
    deploymentTarget?: ComputeTarget | string,
    { overwrite = false, ...send }: DeployOptions = {},
  ): Promise<AksWebservice | AksEndpoint> {
    const settings = parseOrThrow(ServiceSettings.input, deploymentConfig.settings, 'The deployment config');
    const target = deploymentTarget ?? (await ComputeTarget.only(workspace, send));
    const inference =
      inferenceConfig === undefined ? undefined : await prepareInference(workspace, inferenceConfig, send);
    const ids = models.map((model) => model.id);
    const common = {
      computeName: typeof target === 'string' ? target : target.name,
      description: deploymentConfig.description ?? inferenceConfig?.description,
      tags: deploymentConfig.tags,
      properties: deploymentConfig.properties,
      keys: { primaryKey: deploymentConfig.primaryKey, secondaryKey: deploymentConfig.secondaryKey },
      overwrite,
      operationId: randomUUID(),
    };
    const { signal } = send;
    const { endpoint } = deploymentConfig;
    if (endpoint === undefined) {
      const operation = await workspace.client.call(routes.services.deploy, {
        params: { ...workspace.path, service: name },
        body: { ...common, models: ids, inference, settings },
        signal,
      });
      return AksWebservice.ofOperation(workspace, name, operation.id, signal);
    }
    if (inference === undefined) {
      throw new FarledError('NotSupportedYet', 'Versions of endpoints need an inference config.', {
        suggestion: 'Give one: an entry script and an environment. Or deploy the model as a service.',
      });
    }
    const { authEnabled, tokenAuthEnabled, ...ofVersion } = settings;
    const { versionName, trafficPercentile } = endpoint;
    const operation = await workspace.client.call(routes.endpoints.create, {
      params: { ...workspace.path, endpoint: name },
      body: {
        ...common,
        versionName,
        version: { models: ids, inference, trafficPercentile, settings: ofVersion },
        authEnabled,
        tokenAuthEnabled,
      },
      signal,
    });
    return AksEndpoint.ofOperation(workspace, name, operation.id, signal);
  }

  /** Starts to make an image, or a Dockerfile; {@link ModelPackage.waitForCreation} waits for its end. */
  static package(
    workspace: Workspace,
    models: readonly Model[],
    inferenceConfig: InferenceConfig,
    options: PackageOptions = {},
  ): Promise<ModelPackage> {
    return ModelPackage.create(workspace, models, inferenceConfig, options);
  }

  get id(): string {
    return this.#fields.id;
  }
  get name(): string {
    return this.#fields.name;
  }
  get version(): number {
    return this.#fields.version;
  }
  get tags(): Readonly<Record<string, string>> {
    return this.#fields.tags;
  }
  get properties(): Readonly<Record<string, string>> {
    return this.#fields.properties;
  }
  get description(): string {
    return this.#fields.description;
  }

  /** Writes the files below the target directory; returns the path of the model in it. */
  async download(
    options: { targetDir?: string; existOk?: boolean; signal?: AbortSignal | undefined } = {},
  ): Promise<string> {
    const { targetDir = '.', existOk = false, signal } = options;
    await downloadFiles(this.workspace.client, this.workspace.path, this.#fields.files, {
      targetDirectory: targetDir,
      overwrite: existOk,
      signal,
    });
    const [root = ''] = this.#fields.files[0]?.path.split('/') ?? [];
    return join(resolve(targetDir), root);
  }

  async update(body: UpdateModelFields, signal?: AbortSignal): Promise<void> {
    this.#fields = await this.workspace.client.call(routes.models.update, { params: this.#path, body, signal });
  }

  /** Deletes this version; no service may use it. */
  async delete(signal?: AbortSignal): Promise<void> {
    await this.workspace.client.call(routes.models.delete, { params: this.#path, signal });
  }

  /** {@link Model.deploy} of this model alone. */
  deploy(
    name: string,
    inferenceConfig?: InferenceConfig,
    deploymentConfig?: ServiceConfiguration,
    deploymentTarget?: ComputeTarget | string,
    options: DeployOptions = {},
  ): Promise<AksWebservice> {
    return Model.deploy(this.workspace, name, [this], inferenceConfig, deploymentConfig, deploymentTarget, options);
  }

  serialize(): ModelFields {
    return structuredClone(this.#fields);
  }

  get #path() {
    return { ...this.workspace.path, model: this.id };
  }
}
