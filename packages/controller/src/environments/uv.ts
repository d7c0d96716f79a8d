/** Environments built with uv. */
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { Clock, Logger } from '@farled/service';

import { SharedWork, type Tell } from '../shared-work.ts';
import { build, interpreterPath, isBuilt, removeLeftovers } from './build.ts';
import type { BuildRequest, BuiltEnvironment, Environments } from './environments.ts';
import { importedModules } from './python/imports.ts';
import { Pythons } from './python/resolve.ts';
import { digestOf, recipeOf, refuseUnbuildable } from './recipe.ts';
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
      findUv({ ...options, configured: options.uv, environment, tell: tellAll, signal: shared }),
    );

  const buildManaged = async (request: BuildRequest): Promise<BuiltEnvironment> => {
    const { definition, log: tell, signal } = request;
    const imported = await importsOf(request.sourceDirectory);
    const recipe = recipeOf(definition, { imported, realServer: options.realServer });
    recipe.notes.forEach((note) => tell(note));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await removeLeftovers(folder);
    const uv = await uvFor(request);
    const wish = { clauses: recipe.python, policy: request.pythonPolicy };
    const python = await pythons.resolve({ uv, environment, clock, signal }, wish, tell);
    const digest = digestOf(recipe, python.version);
    if (await isBuilt(folder, digest)) {
      tell('The environment is built already.');
    } else {
      const run = (tellAll: Tell, shared: AbortSignal): Promise<void> =>
        build({ folder, uv, environment, clock, tell: tellAll, signal: shared }, digest, recipe, python);
      await builds.do(digest, { tell, signal }, run);
      log.info({ environment: definition.name, digest }, 'Environment built');
    }
    const interpreter = interpreterPath(folder, digest);
    tell(`Interpreter ${interpreter}`);
    return { digest, python: interpreter };
  };

  return {
    ensure: async (request) => {
      const { definition } = request;
      refuseUnbuildable(definition);
      request.signal.throwIfAborted();
      return definition.python.userManagedDependencies
        ? useInterpreter(definition.python.interpreterPath, variables, request.log)
        : buildManaged(request);
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
