/** Builds the image of a service: base, Python environment, runtime, models, source; only what is new is pushed. */
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { type EnvironmentDefinition, parseModelId } from '@farled/contract';
import {
  type BaseFacts,
  buildImage,
  folderLayer,
  formatReference,
  inspectBase,
  type LayerCache,
  type LayerSource,
  NODE_IN_IMAGE,
  nodeLayer,
  parseReference,
  type Platform,
  PROGRAM_FILE,
  type Reference,
  type Registry,
} from '@farled/image';
import type { ServiceRecord, ServiceSpec, Stores } from '@farled/state';

import type { Environments, ImageEnvironment } from '../../environments/environments.ts';
import { baseImageOf } from '../../environments/image/base-image.ts';
import type { Images } from '../../images/images.ts';
import { platformsOf } from './platforms.ts';

export interface ServiceImagesParts {
  readonly registry: Registry;
  readonly cache: LayerCache;
  /** Where the bases that were looked into are remembered. */
  readonly basesFolder: string;
  /** `host/path` that images are pushed to. */
  readonly repository: string;
  /** For environments that name no base image; `{python}` in it stands for the version that they ask for. */
  readonly defaultBase: string;
  /** The runtime's program, at {@link RUNTIME_FOLDER}. */
  readonly runtimeLayer: () => Promise<LayerSource>;
  readonly toolsFolder: string;
  /** For what exists only while an image is built. */
  readonly workFolder: string;
  readonly images: Images;
  readonly environments: Environments;
}

export interface ServiceImageRequest {
  readonly stores: Pick<Stores, 'models' | 'environments'>;
  readonly service: ServiceRecord;
  readonly spec: ServiceSpec;
  /** Architectures of the cluster's nodes. */
  readonly architectures: readonly string[];
  readonly pythonPolicy: 'exact' | 'nearest';
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface ServiceImage {
  /** `host/repository@sha256:…` */
  readonly reference: string;
  readonly architectures: readonly string[];
  readonly environmentVariables: Readonly<Record<string, string>>;
  /** What the runtime needs to find its way in the image. */
  readonly runtimeVariables: Readonly<Record<string, string>>;
}

/** anchors: the application's folder in the original's containers. */
const APP_ROOT = '/var/azureml-app';
const SOURCE = `${APP_ROOT}/source`;
const MODELS = `${APP_ROOT}/azureml-models`;
const USER = 1000;

/** Where the runtime is in an image. */
export const RUNTIME_FOLDER = '/opt/farled/runtime';

/** @throws FarledError with a deployment code when it can't be built. */
export async function buildServiceImage(
  parts: ServiceImagesParts,
  request: ServiceImageRequest,
): Promise<ServiceImage> {
  const { stores, service, spec, log, signal } = request;
  const models = await Promise.all(spec.models.map((id) => stores.models.get(service.workspaceId, parseModelId(id))));
  const { definition } = await stores.environments.get(
    service.workspaceId,
    spec.environment.name,
    spec.environment.version,
  );
  const laidOut = await parts.images.ensure({ models, source: spec.source, signal });
  const platforms = platformsOf(request.architectures);
  const base = parseReference(baseImageOf(definition, parts.defaultBase));
  const environments = new Map<string, ImageEnvironment>();
  for (const platform of platforms) {
    const facts = await inspectBase({ ...parts, folder: parts.basesFolder }, base, platform, signal);
    const found = { base, facts, platform };
    const plan = await planEnvironment(parts, request, definition, laidOut.sourceDirectory, found);
    environments.set(platform.architecture, plan);
  }
  const [first] = environments.values();
  const modelLayers = await Promise.all(
    models.map(async ({ name, version }) => {
      const folder = await realpath(join(laidOut.folder, 'azureml-models', name, String(version)));
      return folderLayer({
        name: `model ${name}:${version}`,
        key: folder.slice(folder.lastIndexOf('/') + 1),
        folder,
        at: `${MODELS}/${name}/${version}`,
        uid: USER,
        gid: USER,
      });
    }),
  );
  const source = folderLayer({
    name: 'source',
    key: laidOut.digest,
    folder: laidOut.sourceDirectory,
    at: SOURCE,
    uid: USER,
    gid: USER,
  });
  const [only] = models;
  const modelDirectory = models.length === 1 && only !== undefined ? `${MODELS}/${only.name}/${only.version}` : MODELS;
  const runtimeVariables = {
    AML_APP_ROOT: APP_ROOT,
    AZUREML_SOURCE_DIRECTORY: SOURCE,
    AZUREML_ENTRY_SCRIPT: spec.entryScript,
    AZUREML_MODEL_DIR: modelDirectory,
    FARLED_PYTHON: first?.python ?? 'python3',
  };
  const runtime = await parts.runtimeLayer();
  await mkdir(parts.workFolder, { recursive: true, mode: 0o700 });
  const work = await mkdtemp(join(parts.workFolder, 'image-'));
  try {
    const built = await buildImage({
      ...parts,
      base,
      target: parseReference(parts.repository),
      tag: `${service.name}-${laidOut.digest.slice(0, 12)}`,
      platforms,
      layers: async (platform) => [
        ...environmentLayers(environments.get(platform.architecture), join(work, platform.architecture)),
        await nodeLayer(platform, parts, signal),
        runtime,
        ...modelLayers,
        source,
      ],
      config: {
        // A home that any user may write to; the service's own variables win.
        env: { ...runtimeVariables, HOME: '/tmp' },
        entrypoint: [NODE_IN_IMAGE, `${RUNTIME_FOLDER}/${PROGRAM_FILE}`],
        workingDir: APP_ROOT,
        user: `${USER}:${USER}`,
        exposedPorts: ['5001/tcp'],
        labels: { 'dev.farled.service': service.name, 'dev.farled.workspace': service.workspace.workspace },
      },
      log,
      signal,
    });
    return {
      reference: built.reference,
      architectures: platforms.map(({ architecture }) => architecture),
      environmentVariables: definition.environmentVariables,
      runtimeVariables,
    };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function planEnvironment(
  { environments }: ServiceImagesParts,
  { pythonPolicy, log, signal }: ServiceImageRequest,
  definition: EnvironmentDefinition,
  sourceDirectory: string,
  { base, facts, platform }: { readonly base: Reference; readonly facts: BaseFacts; readonly platform: Platform },
): Promise<ImageEnvironment> {
  const { interpreters, glibc } = facts;
  return environments.planForImage({
    definition,
    sourceDirectory,
    pythonPolicy,
    base: {
      reference: formatReference(base),
      interpreters: interpreters.map(({ path, version: [major, minor] }) => ({ path, version: [major, minor, 0] })),
    },
    platform: { architecture: platform.architecture, glibc: glibc ?? null },
    log,
    signal,
  });
}

/** Installed only when no layer of it was ever made here. */
function environmentLayers(environment: ImageEnvironment | undefined, folder: string): readonly LayerSource[] {
  const packages = environment?.packages ?? null;
  if (packages === null) {
    return [];
  }
  const installed = folderLayer({ name: 'Python environment', key: packages.digest, folder, at: packages.folder });
  return [
    {
      ...installed,
      entries: async function* entries(signal) {
        await packages.install(folder, signal);
        yield* installed.entries(signal);
        yield* packages.links.map((link) => ({ kind: 'symlink' as const, ...link }));
      },
    },
  ];
}
