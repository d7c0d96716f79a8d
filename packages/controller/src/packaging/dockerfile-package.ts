/** A package as files to build its image from elsewhere, where there is Docker: each an artifact, to be fetched by its digest. */
import { createHash } from 'node:crypto';

import { type FileManifest, type Model, parseModelId } from '@farled/contract';
import type { LayerSource } from '@farled/image';
import type { ArtifactStore, PackageRecord, PackageResult, Stores } from '@farled/state';

import type { Environments } from '../environments/environments.ts';
import { baseImageOf } from '../environments/image/base-image.ts';
import { ENVIRONMENT_FOLDER } from '../environments/image/image-environment.ts';
import type { Images } from '../images/images.ts';
import { RUNTIME_FOLDER, servingVariables } from '../serving-image/serving-image.ts';
import { CONTEXT, dockerfile } from './dockerfile.ts';

export interface DockerfilePackageParts {
  readonly artifacts: ArtifactStore;
  readonly images: Images;
  readonly environments: Environments;
  /** As for images of services. */
  readonly defaultBase: string;
  readonly runtimeLayer: () => Promise<LayerSource>;
}

type Entry = FileManifest[number];

export async function makeDockerfilePackage(
  parts: DockerfilePackageParts,
  stores: Pick<Stores, 'models' | 'environments'>,
  { workspaceId, spec }: PackageRecord,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<PackageResult> {
  const { environment, source } = spec;
  const models = await Promise.all(spec.models.map((id) => stores.models.get(workspaceId, parseModelId(id))));
  const { definition } = await stores.environments.get(workspaceId, environment.name, environment.version);
  const { sourceDirectory } = await parts.images.ensure({ models, source, signal });
  const requirements = await parts.environments.requirementsOf(definition, sourceDirectory);
  requirements?.notes.forEach((note) => log(note));
  const python = requirements === null ? definition.python.interpreterPath : `${ENVIRONMENT_FOLDER}/bin/python`;
  const base = baseImageOf(definition, parts.defaultBase);
  const text = dockerfile({
    base,
    hasRequirements: requirements !== null,
    hasModels: models.length > 0,
    nodeVersion: process.versions.node,
    variables: { HOME: '/tmp', ...definition.environmentVariables, ...servingVariables(spec, models, python) },
  });
  const written = [
    await keep(parts.artifacts, 'Dockerfile', Buffer.from(text)),
    ...(requirements === null
      ? []
      : [await keep(parts.artifacts, CONTEXT.requirements, Buffer.from(requirements.text))]),
    ...(await runtimeFiles(parts, signal)),
  ];
  const files = [...written, ...modelFiles(models), ...below(CONTEXT.source, source)];
  log(`The Dockerfile builds upon ${base}.`);
  return { location: null, digest: null, files };
}

function modelFiles(models: readonly Model[]): Entry[] {
  return models.flatMap(({ name, version, files }) => below(`${CONTEXT.models}/${name}/${version}`, files));
}

function below(folder: string, files: FileManifest): Entry[] {
  return files.map((file) => ({ ...file, path: `${folder}/${file.path}` }));
}

async function runtimeFiles(
  { artifacts, runtimeLayer }: DockerfilePackageParts,
  signal: AbortSignal,
): Promise<Entry[]> {
  const files: Entry[] = [];
  const layer = await runtimeLayer();
  for await (const entry of layer.entries(signal)) {
    if (entry.kind === 'file' && 'bytes' in entry.source) {
      const path = `${CONTEXT.runtime}${entry.path.slice(RUNTIME_FOLDER.length)}`;
      files.push(await keep(artifacts, path, Buffer.from(entry.source.bytes)));
    }
  }
  return files;
}

async function keep(artifacts: ArtifactStore, path: string, bytes: Buffer): Promise<Entry> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (!(await artifacts.has(sha256))) {
    await artifacts.put(
      sha256,
      (async function* once() {
        yield bytes;
      })(),
    );
  }
  return { path, sha256, size: bytes.length };
}
