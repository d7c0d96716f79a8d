/** Plans the packages of an image, and installs them into a folder that becomes a layer of it. */
import { createHash } from 'node:crypto';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Clock } from '@farled/service';

import type { Tell } from '../../shared-work.ts';
import { runChild } from '../child.ts';
import { installationFailed } from '../failure.ts';
import { hideUserInfo } from '../pip-entry.ts';
import type { Interpreter } from '../python/choose.ts';
import { formatMinor } from '../python/version.ts';
import type { Recipe } from '../recipe.ts';
import { type Variables, withIndexes } from '../uv/environment.ts';
import { type ImagePlatform, isThisMachine, pythonPlatform } from './platform.ts';
import { type InstalledPackage, rewriteScripts, tidySitePackages } from './site-packages.ts';

export interface InstallParts {
  readonly uv: string;
  readonly environment: Variables;
  readonly clock: Clock;
  readonly tell: Tell;
  readonly signal: AbortSignal;
}

/** Where the environment is in an image; its interpreter is a link to the base image's. */
export const ENVIRONMENT_FOLDER = '/opt/farled/python';

/** Raised when the same recipe comes to give another result. */
const LAYER_VERSION = 1;

/** Everything that decides what is in the layer. */
export function layerDigest(recipe: Recipe, interpreter: Interpreter, platform: ImagePlatform): string {
  const { requirements, index } = recipe;
  const decides = [LAYER_VERSION, pythonPlatform(platform), interpreter, requirements, index];
  return createHash('sha256').update(JSON.stringify(decides)).digest('hex').slice(0, 32);
}

/**
 * Fills the folder with a virtual environment as it is to be at {@link ENVIRONMENT_FOLDER}: nothing of it is run here,
 * so that it may be for another platform.
 *
 * @throws FarledError EnvironmentBuildFailed with the last lines of the installer.
 */
export async function installForImage(
  folder: string,
  parts: InstallParts,
  what: { readonly recipe: Recipe; readonly interpreter: Interpreter; readonly platform: ImagePlatform },
): Promise<readonly InstalledPackage[]> {
  const { recipe, interpreter, platform } = what;
  const minor = formatMinor(interpreter.version);
  const sitePackages = join(folder, 'lib', `python${minor}`, 'site-packages');
  await mkdir(sitePackages, { recursive: true });
  await mkdir(join(folder, 'bin'), { recursive: true });
  if (recipe.requirements.length > 0) {
    await installPackages(sitePackages, folder, parts, what);
  }
  const packages = await tidySitePackages(sitePackages);
  await moveScripts(sitePackages, folder);
  await rewriteScripts(join(folder, 'bin'), `${ENVIRONMENT_FOLDER}/bin/python`);
  for (const name of ['python', 'python3', `python${minor}`]) {
    await symlink(interpreter.path, join(folder, 'bin', name));
  }
  const home = interpreter.path.slice(0, interpreter.path.lastIndexOf('/'));
  await writeFile(
    join(folder, 'pyvenv.cfg'),
    `home = ${home}\ninclude-system-site-packages = false\nversion = ${minor}\n`,
  );
  return packages;
}

async function installPackages(
  sitePackages: string,
  folder: string,
  parts: InstallParts,
  { recipe, interpreter, platform }: Parameters<typeof installForImage>[2],
): Promise<void> {
  const requirements = join(folder, '.requirements.txt');
  await writeFile(requirements, `${recipe.requirements.join('\n')}\n`, { mode: 0o600 });
  parts.tell(`Installing ${recipe.requirements.map(hideUserInfo).join(', ')} for ${pythonPlatform(platform)}.`);
  const install = async (...more: readonly string[]): Promise<string[] | null> => {
    const lines: string[] = [];
    const code = await runChild({
      ...parts,
      environment: withIndexes(parts.environment, recipe.index),
      command: parts.uv,
      arguments: [
        'pip',
        'install',
        '--python-platform',
        pythonPlatform(platform),
        '--python-version',
        formatMinor(interpreter.version),
        '--target',
        sitePackages,
        '--requirements',
        requirements,
        ...more,
      ],
      folder,
      tell: (line) => {
        lines.push(line);
        parts.tell(hideUserInfo(line));
      },
    });
    return code === 0 ? null : lines;
  };
  try {
    // A source distribution would be built by and for this machine, so wheels come first.
    const failed = await install('--no-build');
    if (failed === null) {
      return;
    }
    if (!isThisMachine(platform)) {
      throw installationFailed(failed);
    }
    parts.tell('Not everything has a wheel: the rest is built from source on this machine.');
    const failedAgain = await install();
    if (failedAgain !== null) {
      throw installationFailed(failedAgain);
    }
  } finally {
    await rm(requirements, { force: true });
  }
}

/** uv puts scripts of a target folder into it. */
async function moveScripts(sitePackages: string, folder: string): Promise<void> {
  await rm(join(folder, 'bin'), { recursive: true, force: true });
  try {
    await rename(join(sitePackages, 'bin'), join(folder, 'bin'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw error;
    }
    await mkdir(join(folder, 'bin'));
  }
}
