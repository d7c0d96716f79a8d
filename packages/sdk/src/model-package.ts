/** Models with an entry script as an image, or as what an image is built from. */
import { randomUUID } from 'node:crypto';

import { FarledError, routes, type Package } from '@farled/contract';

import { prepareInference, type InferenceConfig } from './inference-config.ts';
import { downloadFiles } from './node/download.ts';
import { followOperation } from './operation.ts';
import { lineWriter, type SendOptions, type WaitOptions } from './show-output.ts';
import type { Workspace } from './workspace.ts';

export interface PackageOptions extends SendOptions {
  /** «package» by default. */
  readonly imageName?: string | undefined;
  /** The time by default. */
  readonly imageLabel?: string | undefined;
  /** A Dockerfile with all that it copies, in place of an image. */
  readonly generateDockerfile?: boolean | undefined;
}

export class ModelPackage {
  readonly workspace: Workspace;
  #fields: Package;

  private constructor(workspace: Workspace, fields: Package) {
    this.workspace = workspace;
    this.#fields = fields;
  }

  /** Starts to make it. */
  static async create(
    workspace: Workspace,
    models: readonly { readonly id: string }[],
    inferenceConfig: InferenceConfig,
    { imageName, imageLabel, generateDockerfile, ...send }: PackageOptions,
  ): Promise<ModelPackage> {
    const inference = await prepareInference(workspace, inferenceConfig, send);
    const { signal } = send;
    const operation = await workspace.client.call(routes.packages.create, {
      params: workspace.path,
      body: {
        models: models.map(({ id }) => id),
        inference,
        imageName,
        imageLabel,
        generateDockerfile,
        operationId: randomUUID(),
      },
      signal,
    });
    return new ModelPackage(workspace, await read(workspace, operation.id, signal));
  }

  /** Where the image is; null until it is there, and for a Dockerfile. */
  get location(): string | null {
    return this.#fields.location;
  }

  /** Waits until it is made; its failure is thrown. */
  async waitForCreation({ showOutput, signal }: WaitOptions = {}): Promise<void> {
    const { client, path } = this.workspace;
    await followOperation(client, path, this.#fields.id, { onLine: lineWriter(showOutput), signal });
    this.#fields = await read(this.workspace, this.#fields.id, signal);
  }

  /** Writes the Dockerfile and all that it copies into a folder. */
  async save(
    outputDirectory: string,
    { overwrite = false, signal }: { readonly overwrite?: boolean; readonly signal?: AbortSignal | undefined } = {},
  ): Promise<void> {
    const { files, form } = this.#fields;
    if (files.length === 0) {
      throw new FarledError('BadArgument', 'This package has no files to save.', {
        suggestion:
          form === 'image' ? 'It is an image: ask for a Dockerfile with generateDockerfile.' : 'Wait for its creation.',
      });
    }
    const { client, path } = this.workspace;
    await downloadFiles(client, path, files, { targetDirectory: outputDirectory, overwrite, signal });
  }

  serialize(): Package {
    return structuredClone(this.#fields);
  }
}

function read(workspace: Workspace, id: string, signal: AbortSignal | undefined): Promise<Package> {
  return workspace.client.call(routes.packages.get, { params: { ...workspace.path, package: id }, signal });
}
