/** The layers that make a base image answer, those that change least first. */
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';

import type { Model } from '@farled/contract';
import { folderLayer, type LayerSource, nodeLayer, type Platform } from '@farled/image';

import type { ImageEnvironment } from '../environments/environments.ts';
import type { Image } from '../images/images.ts';

/** anchors: the application's folder in the original's containers. */
export const APP_ROOT = '/var/azureml-app';
export const SOURCE = `${APP_ROOT}/source`;
export const MODELS = `${APP_ROOT}/azureml-models`;
export const USER = 1000;

interface ServingLayers {
  readonly platform: Platform;
  readonly environment: ImageEnvironment | null;
  /** Where the environment is installed, if it must be. */
  readonly installed: string;
  readonly runtime: LayerSource;
  readonly models: readonly Pick<Model, 'name' | 'version'>[];
  readonly laidOut: Image;
  readonly signal: AbortSignal;
}

export async function servingLayers(
  parts: { readonly toolsFolder: string },
  { platform, environment, installed, runtime, models, laidOut, signal }: ServingLayers,
): Promise<readonly LayerSource[]> {
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
  const node = await nodeLayer(platform, parts, signal);
  return [...environmentLayers(environment, installed), node, runtime, ...modelLayers, source];
}

/** Installed only when no layer of it was ever made here. */
function environmentLayers(environment: ImageEnvironment | null, folder: string): readonly LayerSource[] {
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
