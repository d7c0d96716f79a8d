/** Plans the packages of an image, and installs them into a folder that becomes a layer of it. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Clock, writeFileAtomically } from '@farled/service';

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

export interface ImageRecipe {
  readonly recipe: Recipe;
  readonly interpreter: Interpreter;
  readonly platform: ImagePlatform;
}

/** Everything that decides what is in the folder. */
export function folderDigest({ interpreter, platform }: ImageRecipe, locked: readonly string[]): string {
  return digest([LAYER_VERSION, pythonPlatform(platform), interpreter, locked]);
}

/**
 * The versions that a recipe comes to, as lines of a requirements file; found once, and the same from then on, so that
 * the same environment gives the same layer whatever has been released meanwhile.
 *
 * @throws FarledError EnvironmentBuildFailed with the last lines of the resolver.
 */
export async function lockForImage(folder: string, parts: InstallParts, what: ImageRecipe): Promise<readonly string[]> {
  const { recipe, interpreter, platform } = what;
  if (recipe.requirements.length === 0) {
    return [];
  }
  const wish = digest([
    LAYER_VERSION,
    pythonPlatform(platform),
    interpreter.version,
    recipe.requirements,
    recipe.index,
  ]);
  const path = join(folder, `${wish}.txt`);
  const known = await readFile(path, 'utf8').catch(() => null);
  if (known !== null) {
    return linesOf(known);
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const working = await mkdtemp(join(folder, '.resolving-'));
  try {
    const requirements = join(working, 'requirements.txt');
    const locked = join(working, 'locked.txt');
    await writeFile(requirements, `${recipe.requirements.join('\n')}\n`, { mode: 0o600 });
    parts.tell(`Resolving ${recipe.requirements.map(hideUserInfo).join(', ')} for ${pythonPlatform(platform)}.`);
    await wheelsFirst(parts, what, (more) =>
      ['pip', 'compile', '--no-header', '--no-annotate', '--quiet', '--output-file', locked, requirements].concat(more),
    );
    const text = await readFile(locked, 'utf8');
    await writeFileAtomically(path, text);
    return linesOf(text);
  } finally {
    await rm(working, { recursive: true, force: true });
  }
}

/** Links of the environment: out of it, to the interpreter of the base image. */
export function interpreterLinks({
  version,
  path,
}: Interpreter): readonly { readonly path: string; readonly target: string }[] {
  return ['python', 'python3', `python${formatMinor(version)}`].map((name) => ({
    path: `${ENVIRONMENT_FOLDER}/bin/${name}`,
    target: path,
  }));
}

/**
 * Fills the folder with a virtual environment as it is to be at {@link ENVIRONMENT_FOLDER}, but for its links: nothing of it is run here,
 * so that it may be for another platform.
 *
 * @throws FarledError EnvironmentBuildFailed with the last lines of the installer.
 */
export async function installForImage(
  folder: string,
  parts: InstallParts,
  what: ImageRecipe,
  locked: readonly string[],
): Promise<readonly InstalledPackage[]> {
  const { interpreter } = what;
  const minor = formatMinor(interpreter.version);
  const sitePackages = join(folder, 'lib', `python${minor}`, 'site-packages');
  await mkdir(sitePackages, { recursive: true });
  await mkdir(join(folder, 'bin'), { recursive: true });
  if (locked.length > 0) {
    await installPackages(sitePackages, folder, parts, what, locked);
  }
  const packages = await tidySitePackages(sitePackages);
  await moveScripts(sitePackages, folder);
  await rewriteScripts(join(folder, 'bin'), `${ENVIRONMENT_FOLDER}/bin/python`);
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
  what: ImageRecipe,
  locked: readonly string[],
): Promise<void> {
  const requirements = join(folder, '.requirements.txt');
  await writeFile(requirements, `${locked.join('\n')}\n`, { mode: 0o600 });
  try {
    await wheelsFirst(parts, what, (more) =>
      ['pip', 'install', '--no-deps', '--target', sitePackages, '--requirements', requirements].concat(more),
    );
  } finally {
    await rm(requirements, { force: true });
  }
}

/** A source distribution would be built by and for this machine, so everything is tried from wheels alone at first. */
async function wheelsFirst(
  parts: InstallParts,
  { recipe, interpreter, platform }: ImageRecipe,
  uvArguments: (more: readonly string[]) => readonly string[],
): Promise<void> {
  const target = ['--python-platform', pythonPlatform(platform), '--python-version', formatMinor(interpreter.version)];
  const run = async (...more: readonly string[]): Promise<string[] | null> => {
    const lines: string[] = [];
    const code = await runChild({
      ...parts,
      environment: withIndexes(parts.environment, recipe.index),
      command: parts.uv,
      arguments: uvArguments([...target, ...more]),
      tell: (line) => {
        lines.push(line);
        parts.tell(hideUserInfo(line));
      },
    });
    return code === 0 ? null : lines;
  };
  const failed = await run('--no-build');
  if (failed === null) {
    return;
  }
  if (!isThisMachine(platform)) {
    throw installationFailed(failed);
  }
  parts.tell('Not everything has a wheel: the rest is built from source on this machine.');
  const failedAgain = await run();
  if (failedAgain !== null) {
    throw installationFailed(failedAgain);
  }
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

function digest(decides: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(decides)).digest('hex').slice(0, 32);
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
