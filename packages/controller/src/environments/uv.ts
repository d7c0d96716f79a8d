/** Environments built with uv. */
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { Clock, Logger } from '@farled/service';

import { SharedWork, type Tell } from '../shared-work.ts';
import { build, interpreterPath, isBuilt, removeLeftovers } from './build.ts';
import type {
  BuildRequest,
  BuiltEnvironment,
  Environments,
  ImageBuildRequest,
  ImageEnvironment,
} from './environments.ts';
import {
  ENVIRONMENT_FOLDER,
  folderDigest,
  installForImage,
  interpreterLinks,
  lockForImage,
} from './image/image-environment.ts';
import { chooseInterpreter } from './image/interpreter.ts';
import { lockedPackages } from './image/locked-packages.ts';
import { type Memory, recall, remember } from './memory.ts';
import { importedModules } from './python/imports.ts';
import { seemsInstalled } from './python/installed.ts';
import { Pythons } from './python/resolve.ts';
import { digestOf, notesOnImages, type Recipe, recipeOf, refuseUnbuildable, wishOf } from './recipe.ts';
import { requirementsFile } from './requirements-file.ts';
import { useInterpreter } from './user-managed.ts';
import { installerEnvironment, type Variables } from './uv/environment.ts';
import { findUv } from './uv/tool.ts';

export interface EnvironmentsOptions {
  /** Built environments, one folder each. */
  readonly folder: string;
  /** Where uv is installed when the machine has none. */
  readonly toolsFolder: string;
  /** Installs azureml-defaults and its like where an environment names them; else Farled's runtime stands in for them. */
  readonly realServer: boolean;
  /** Path of uv; by default the one on the PATH, else one of our own. */
  readonly uv?: string | undefined;
  /** What installers may see: PATH, proxies, certificates, package indexes. The process's own by default. */
  readonly variables?: Variables;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Versions that environments of images came to. */
const LOCKED = '.locked';
const BUILT_ALREADY = 'The environment is built already.';

/** Larger ones are data, not source. */
const LARGEST_SOURCE = 1024 * 1024;

export function createEnvironments(options: EnvironmentsOptions): Environments {
  const { folder, clock, log } = options;
  const variables = options.variables ?? process.env;
  const environment = installerEnvironment(variables);
  const tools = new SharedWork<string>();
  const builds = new SharedWork<void>();
  const pythons = new Pythons(clock);

  const uvFor = ({ log: tell, signal }: BuildRequest): Promise<string> =>
    tools.do('uv', { tell, signal }, (tellAll, shared) =>
      findUv({
        toolsFolder: options.toolsFolder,
        configured: options.uv,
        environment,
        clock,
        tell: tellAll,
        signal: shared,
      }),
    );

  /** What the wish came to earlier, while that is whole, and nothing better has been installed since. */
  const recallBuilt = async (wish: string): Promise<Memory | null> => {
    const memory = await recall(folder, wish);
    if (memory === null || !(await isBuilt(folder, memory.digest))) {
      return null;
    }
    return memory.insteadOf !== null && (await seemsInstalled(memory.insteadOf, environment)) ? null : memory;
  };

  const make = async (request: BuildRequest, recipe: Recipe): Promise<string> => {
    const { log: tell, signal, pythonPolicy: policy } = request;
    const uv = await uvFor(request);
    const parts = { uv, environment, clock, signal };
    const { interpreter, ...choice } = await pythons.resolve(parts, { clauses: recipe.python, policy }, tell);
    const digest = digestOf(recipe, interpreter.version);
    if (await isBuilt(folder, digest)) {
      tell(BUILT_ALREADY);
    } else {
      const run = (tellAll: Tell, shared: AbortSignal): Promise<void> =>
        build({ ...parts, folder, tell: tellAll, signal: shared }, digest, recipe, interpreter);
      await builds.do(digest, { tell, signal }, run);
      log.info({ environment: request.definition.name, digest }, 'Environment built');
    }
    await remember(folder, wishOf(recipe, policy), { digest, ...choice, lines: [...choice.lines] });
    return digest;
  };

  const ensureManaged = async (request: BuildRequest): Promise<BuiltEnvironment> => {
    const { definition, log: tell, pythonPolicy } = request;
    const imported = await importsOf(request.sourceDirectory);
    const recipe = recipeOf(definition, { imported, realServer: options.realServer });
    [...notesOnImages(definition), ...recipe.notes].forEach((note) => tell(note));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await removeLeftovers(folder);
    const memory = await recallBuilt(wishOf(recipe, pythonPolicy));
    if (memory !== null) {
      [...memory.lines, BUILT_ALREADY].forEach((line) => tell(line));
    }
    const digest = memory?.digest ?? (await make(request, recipe));
    const python = interpreterPath(folder, digest);
    tell(`Interpreter ${python}`);
    return { digest, python };
  };

  const planForImage = async (request: ImageBuildRequest): Promise<ImageEnvironment> => {
    const { definition, base, platform, log: tell, pythonPolicy } = request;
    refuseUnbuildable(definition, 'service image');
    if (definition.python.userManagedDependencies) {
      const python = definition.python.interpreterPath;
      tell(`The environment is managed by its user: ${python} of the base image ${base.reference}.`);
      return { python, packages: null };
    }
    const imported = await importsOf(request.sourceDirectory);
    const recipe = recipeOf(definition, { imported, realServer: options.realServer });
    recipe.notes.forEach((note) => tell(note));
    const { interpreter, line } = chooseInterpreter(recipe.python, base, pythonPolicy);
    tell(line);
    const what = { recipe, interpreter, platform };
    const parts = { uv: await uvFor(request), environment, clock, tell, signal: request.signal };
    const locked = await lockForImage(join(folder, LOCKED), parts, what);
    return {
      python: `${ENVIRONMENT_FOLDER}/bin/python`,
      packages: {
        folder: ENVIRONMENT_FOLDER,
        links: interpreterLinks(interpreter),
        digest: folderDigest(what, locked),
        installed: lockedPackages(locked),
        install: (target, signal) => installForImage(target, { ...parts, signal }, what, locked),
      },
    };
  };

  return {
    planForImage,
    requirementsOf: async (definition, sourceDirectory) => {
      refuseUnbuildable(definition, 'package');
      if (definition.python.userManagedDependencies) {
        return null;
      }
      const imported = await importsOf(sourceDirectory);
      const recipe = recipeOf(definition, { imported, realServer: options.realServer });
      return { text: requirementsFile(recipe), notes: recipe.notes };
    },
    ensure: async (request) => {
      const { definition } = request;
      refuseUnbuildable(definition, 'machine');
      request.signal.throwIfAborted();
      return definition.python.userManagedDependencies
        ? useInterpreter(definition.python.interpreterPath, variables, request.log)
        : ensureManaged(request);
    },
  };
}

/** What the Python files of a folder import, all together. */
async function importsOf(folder: string): Promise<ReadonlySet<string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const imported = new Set<string>();
  for (const entry of entries.filter((one) => one.isFile() && one.name.endsWith('.py'))) {
    const path = join(entry.parentPath, entry.name);
    if ((await stat(path)).size <= LARGEST_SOURCE) {
      importedModules(await readFile(path, 'utf8')).forEach((name) => imported.add(name));
    }
  }
  return imported;
}
