/** Makes the recipe of an image from what was uploaded for it. */
import { FarledError, parseModelId, parseOrThrow, ModelId, routes, type WorkspaceReference } from '@farled/contract';
import type { LegacyImageRecord } from '@farled/state';

import { stagedFile } from '../artifacts/staged-file.ts';
import type { CompatibleParts } from '../parts.ts';
import { readDriverProgram } from '../services/driver-program.ts';
import type { SourceFiles } from '../services/source-files.ts';
import { imageEnvironment } from './image-environment.ts';
import { imageSource } from './image-source.ts';
import { CreateImageRequest } from './wire-request.ts';

/** Far more than a driver, a conda file or a requirements file has. */
const LONGEST_TEXT_BYTES = 1024 * 1024;

type Parts = Pick<CompatibleParts, 'api' | 'state' | 'artifacts'> & { readonly sources: SourceFiles };

/** @throws FarledError naming what of the request can't be used, or is not there. */
export async function createImage(
  parts: Parts,
  workspace: WorkspaceReference,
  body: unknown,
  signal: AbortSignal,
): Promise<LegacyImageRecord> {
  const request = parseOrThrow(CreateImageRequest, body, 'The request');
  refuseUnbuilt(request);
  const { assets = [], driverProgram, targetRuntime, modelIds = [] } = request;
  const { key } = await parts.state.workspaces.get(workspace);
  const models = modelIds.map((id) => parseOrThrow(ModelId, id, 'The model id'));
  for (const id of models) {
    await parts.state.models.get(key, parseModelId(id));
  }
  const textOf = async (url: string | undefined): Promise<string | null> =>
    url === undefined ? null : readText(parts, workspace, url);
  const driver = assets.find(({ id }) => id !== undefined && id === driverProgram);
  const script = readDriverProgram((await textOf(driver?.url)) ?? '');
  if (script === null) {
    throw new FarledError('BadArgument', 'The request does not say which file is the entry script.', {
      suggestion: 'Make the image with ContainerImage.image_configuration(execution_script=...).',
    });
  }
  const packed = [];
  for (const { url, unpack } of assets.filter((asset) => asset !== driver)) {
    const file = await stagedFile(parts, workspace, url);
    packed.push(unpack === true ? await parts.sources.unpack(file, signal) : [file]);
  }
  const source = imageSource(packed, script.entryScript);
  const { condaEnvFile, pipRequirements } = targetRuntime?.properties ?? {};
  const definition = imageEnvironment(request, {
    condaFile: await textOf(condaEnvFile),
    requirements: await textOf(pipRequirements),
  });
  const environment = await parts.api.call(
    routes.environments.register,
    { params: { ...workspace, environment: definition.name }, query: undefined, body: definition },
    { signal },
  );
  return parts.state.legacyImages.create({
    workspaceId: key,
    name: request.name,
    description: request.description ?? '',
    tags: request.kvTags ?? {},
    properties: request.properties ?? {},
    recipe: {
      models,
      entryScript: script.entryScript,
      source: source.map(({ path, sha256, size }) => ({ path, sha256, size })),
      environment: { name: environment.name, version: environment.version },
    },
    asked: { driverProgram, assets, targetRuntime },
  });
}

/** @throws FarledError NotSupportedYet for what would silently be another thing here. */
function refuseUnbuilt({ imageFlavor, dockerFileUri, targetRuntime }: CreateImageRequest): void {
  if (imageFlavor !== undefined && imageFlavor !== 'WebApiContainer') {
    throw new FarledError('NotSupportedYet', `Farled makes no images of the flavor "${imageFlavor}".`, {
      suggestion: 'Make a ContainerImage.',
    });
  }
  if (dockerFileUri !== undefined) {
    throw new FarledError('NotSupportedYet', 'docker_file: Farled takes no steps of Docker for an image.', {
      suggestion: 'Deploy with Model.deploy() and an Environment that has a docker.base_dockerfile.',
    });
  }
  if (/spark/i.test(targetRuntime?.runtimeType ?? '')) {
    throw new FarledError('NotSupportedYet', 'Farled runs no entry scripts in Spark.', {
      suggestion: 'Use the runtime "python".',
    });
  }
}

async function readText(
  parts: Pick<CompatibleParts, 'state' | 'artifacts'>,
  workspace: WorkspaceReference,
  url: string,
): Promise<string> {
  const file = await stagedFile(parts, workspace, url);
  if (file.size > LONGEST_TEXT_BYTES) {
    throw new FarledError('PayloadTooLarge', `"${file.path}" has more than ${LONGEST_TEXT_BYTES} bytes.`);
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of await parts.artifacts.open(file.sha256)) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
