/** Images as folders. Models are laid out once for all images that hold them, because they may be large. */
import { randomUUID } from 'node:crypto';
import { access, lstat, mkdir, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import type { FileManifest } from '@farled/contract';
import type { Clock } from '@farled/service';
import { type ArtifactStore, digestOf } from '@farled/state';

import type { Image, ImageRequest, Images } from './images.ts';

export interface ImagesParts {
  readonly imagesFolder: string;
  /** Unpacked models, by the digest of their files. */
  readonly modelsFolder: string;
  readonly artifacts: ArtifactStore;
  readonly clock: Clock;
}

/** anchors: AZUREML_MODEL_DIR, and azureml.core.Model.get_model_path. */
const MODELS = 'azureml-models';
const SOURCE = 'source';
/** Unfinished folders start with it; a digest does not. */
const TEMPORARY = '.new-';

export function createImages({ imagesFolder, modelsFolder, artifacts, clock }: ImagesParts): Images {
  const layOut = async (files: FileManifest, folder: string, mode: number, signal: AbortSignal): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const { path, sha256, executable } of files) {
      signal.throwIfAborted();
      const target = join(folder, path);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await artifacts.copyTo(sha256, target, executable === true ? mode | 0o100 : mode);
    }
  };
  const ensureModel = (files: FileManifest, signal: AbortSignal): Promise<string> =>
    ensureFolder(join(modelsFolder, digestOf(files)), (folder) =>
      // Read-only: several services may have the same file open.
      layOut(files, folder, 0o400, signal),
    );

  const imageDigest: Images['digest'] = ({ models, source }) =>
    digestOf({ models: models.map(({ name, version, files }) => ({ name, version, files })), source });

  return {
    digest: imageDigest,
    ensure: async ({ models, source, signal }: ImageRequest): Promise<Image> => {
      const digest = imageDigest({ models, source });
      const folder = await ensureFolder(join(imagesFolder, digest), async (building) => {
        await layOut(source, join(building, SOURCE), 0o600, signal);
        await mkdir(join(building, MODELS), { mode: 0o700 });
        for (const { name, version, files } of models) {
          await mkdir(join(building, MODELS, name), { recursive: true, mode: 0o700 });
          await symlink(await ensureModel(files, signal), join(building, MODELS, name, String(version)));
        }
      });
      const [only] = models;
      return {
        digest,
        folder,
        sourceDirectory: join(folder, SOURCE),
        modelDirectory:
          models.length === 1 && only !== undefined
            ? join(folder, MODELS, only.name, String(only.version))
            : join(folder, MODELS),
      };
    },
    sweep: async (inUse, olderThanMs) => {
      const isOld = async (path: string): Promise<boolean> =>
        clock.now() - (await lstat(path)).birthtimeMs > olderThanMs;
      const models = new Set<string>();
      for (const name of await readdir(imagesFolder)) {
        if (inUse.has(name) || !(await isOld(join(imagesFolder, name)))) {
          for (const model of await modelsOf(join(imagesFolder, name, MODELS))) {
            models.add(model);
          }
        } else {
          await rm(join(imagesFolder, name), { recursive: true, force: true });
        }
      }
      for (const name of await readdir(modelsFolder)) {
        if (!models.has(name) && (await isOld(join(modelsFolder, name)))) {
          await rm(join(modelsFolder, name), { recursive: true, force: true });
        }
      }
    },
  };
}

/** Makes the folder beside its place and moves it there whole; of two makers at once, the first one's stays. */
async function ensureFolder(path: string, make: (folder: string) => Promise<void>): Promise<string> {
  if (await exists(path)) {
    return path;
  }
  const temporary = join(dirname(path), `${TEMPORARY}${randomUUID()}`);
  try {
    await mkdir(temporary, { recursive: true, mode: 0o700 });
    await make(temporary);
    await rename(temporary, path).catch(async (error: unknown) => {
      if (!(await exists(path))) {
        throw error;
      }
    });
    return path;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Names of the unpacked models that an image refers to. */
async function modelsOf(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    for (const version of await readdir(join(folder, name))) {
      found.push(basename(await readlink(join(folder, name, version))));
    }
  }
  return found;
}
