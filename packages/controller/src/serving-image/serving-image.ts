/** Builds the image that answers with an entry script: base, environment, Node, runtime, models, source. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { type FileManifest, type Model, parseModelId } from '@farled/contract';
import {
  buildImage,
  inspectBase,
  type LayerCache,
  type LayerSource,
  NODE_IN_IMAGE,
  parseReference,
  type Platform,
  PROGRAM_FILE,
  type Reference,
  type Registry,
  type Repository,
} from '@farled/image';
import type { Stores } from '@farled/state';

import type { Environments } from '../environments/environments.ts';
import type { Image, Images } from '../images/images.ts';
import { describeContent } from './attestations.ts';
import type { Attester } from './attester.ts';
import { baseOf, type BuildBase } from './base-of.ts';
import { openBaseRegistry, type RegistryUser, userOf } from './base-registry.ts';
import { planEnvironment, type PlannedPlatform } from './planned-platform.ts';
import { APP_ROOT, MODELS, servingLayers, SOURCE, USER } from './serving-layers.ts';
import type { Turns } from './turns.ts';

export interface ServingImageParts {
  readonly registry: Registry;
  /** Registries as somebody else than we are; who opens one closes it. */
  readonly openRegistry: (user: RegistryUser) => Registry;
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
  readonly attester: Attester;
  /** Each build reads, packs and sends: hundreds at once would take all memory, and none be done sooner. */
  readonly turns: Turns;
}

/** What answers. */
export interface ServingContent {
  readonly workspaceId: string;
  /** Ids, «name:version». */
  readonly models: readonly string[];
  readonly entryScript: string;
  readonly source: FileManifest;
  readonly environment: { readonly name: string; readonly version: string };
}

export interface ServingImageRequest {
  readonly stores: Pick<Stores, 'models' | 'environments'>;
  readonly content: ServingContent;
  readonly platforms: readonly Platform[];
  readonly pythonPolicy: 'exact' | 'nearest';
  /** Runs the steps of an environment's Dockerfile; absent where nothing can. */
  readonly buildBase?: BuildBase;
  /** Where it is pushed to; absent: the registry's own repository. */
  readonly target?: Repository;
  /** Of what the image is made from. */
  readonly tag: (digest: string) => string;
  readonly labels: Readonly<Record<string, string>>;
  /** The environment's own variables are in the image, because nobody will tell it of them. */
  readonly withVariables?: boolean;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface ServingImage {
  /** `host/repository@sha256:…` */
  readonly reference: string;
  /** The environment's own. */
  readonly environmentVariables: Readonly<Record<string, string>>;
  /** What the runtime needs to find its way in the image. */
  readonly runtimeVariables: Readonly<Record<string, string>>;
}

/** Where the runtime is in an image. */
export const RUNTIME_FOLDER = '/opt/farled/runtime';

/** @throws FarledError with a deployment code when it can't be built. */
export async function buildServingImage(parts: ServingImageParts, request: ServingImageRequest): Promise<ServingImage> {
  const { stores, content, platforms, log, signal } = request;
  const { workspaceId, environment } = content;
  const models = await Promise.all(content.models.map((id) => stores.models.get(workspaceId, parseModelId(id))));
  const { definition } = await stores.environments.get(workspaceId, environment.name, environment.version);
  const password = await stores.environments.registryPassword(workspaceId, environment.name, environment.version);
  // Outside of a turn: it may take many minutes, and nothing of this machine.
  const base = await baseOf(definition, { ...parts, ...request, password });
  using _turn = await parts.turns.take(signal);
  const laidOut = await parts.images.ensure({ models, source: content.source, signal });
  await using reading = openBaseRegistry(parts, userOf(definition, password, base), base);
  const { registry } = reading;
  const planned: PlannedPlatform[] = [];
  for (const platform of platforms) {
    const facts = await inspectBase({ registry, folder: parts.basesFolder }, base, platform, signal);
    const found = { base, facts, platform };
    const { sourceDirectory } = laidOut;
    const plan = await planEnvironment(parts.environments, { ...request, definition, sourceDirectory }, found);
    planned.push({ platform, facts, environment: plan });
  }
  const runtimeVariables = servingVariables(content, models, planned[0]?.environment.python ?? 'python3');
  const target = request.target ?? parseReference(parts.repository);
  const own = request.withVariables === true ? definition.environmentVariables : {};
  // A home that any user may write to. The user's variables can't lead the runtime astray.
  const env = { HOME: '/tmp', ...own, ...runtimeVariables };
  const built = await build({ ...parts, registry }, request, { base, planned, laidOut, models, target, env });
  parts.attester.attest(
    { ...target, digest: built.digest, tag: null },
    describeContent({ content, models, base, planned, labels: request.labels }),
    log,
  );
  return { reference: built.reference, environmentVariables: definition.environmentVariables, runtimeVariables };
}

async function build(
  parts: ServingImageParts,
  request: ServingImageRequest,
  what: {
    readonly base: Reference;
    readonly planned: readonly PlannedPlatform[];
    readonly laidOut: Image;
    readonly models: readonly Model[];
    readonly target: Repository;
    readonly env: Readonly<Record<string, string>>;
  },
): ReturnType<typeof buildImage> {
  const { platforms, labels, log, signal } = request;
  const runtime = await parts.runtimeLayer();
  await mkdir(parts.workFolder, { recursive: true, mode: 0o700 });
  const work = await mkdtemp(join(parts.workFolder, 'image-'));
  try {
    return await buildImage({
      ...parts,
      base: what.base,
      target: what.target,
      tag: request.tag(what.laidOut.digest),
      platforms,
      layers: async (platform) => {
        const { architecture } = platform;
        const planned = what.planned.find((one) => one.platform.architecture === architecture);
        const environment = planned?.environment ?? null;
        const installed = join(work, architecture);
        return servingLayers(parts, { ...what, platform, environment, installed, runtime, signal });
      },
      config: {
        env: what.env,
        entrypoint: [NODE_IN_IMAGE, `${RUNTIME_FOLDER}/${PROGRAM_FILE}`],
        workingDir: APP_ROOT,
        user: `${USER}:${USER}`,
        exposedPorts: ['5001/tcp'],
        labels,
      },
      log,
      signal,
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** What the runtime finds its way by, in an image with these. */
export function servingVariables(
  { entryScript }: Pick<ServingContent, 'entryScript'>,
  models: readonly Pick<Model, 'name' | 'version'>[],
  python: string,
): Readonly<Record<string, string>> {
  const [only] = models;
  return {
    AML_APP_ROOT: APP_ROOT,
    AZUREML_SOURCE_DIRECTORY: SOURCE,
    AZUREML_ENTRY_SCRIPT: entryScript,
    AZUREML_MODEL_DIR: models.length === 1 && only !== undefined ? `${MODELS}/${only.name}/${only.version}` : MODELS,
    FARLED_PYTHON: python,
  };
}
