/** Builds one environment folder: beside its place first, then moved there whole. */
import { randomUUID } from 'node:crypto';
import { access, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Clock, identifyProcess, isoTime, isRunning, readJsonFile, writeFileAtomically } from '@farled/service';

import type { Tell } from '../shared-work.ts';
import { endGroup, runChild } from './child.ts';
import { installationFailed } from './failure.ts';
import { acquireLock, Holder } from './lock.ts';
import { hideUserInfo } from './pip-entry.ts';
import type { Interpreter } from './python/choose.ts';
import { formatVersion } from './python/version.ts';
import type { Recipe } from './recipe.ts';
import { type Variables, withIndexes } from './uv/environment.ts';

export interface BuildParts {
  readonly folder: string;
  readonly uv: string;
  readonly environment: Variables;
  readonly clock: Clock;
  readonly tell: Tell;
  readonly signal: AbortSignal;
}

const BUILDING = '.building-';
/** The name says who builds there, so that there is no moment in which the folder is anyone's. */
const BUILDER = /^\.building-(?<pid>\d+)-(?<ticks>\d*)-/;
/** Which child the builder has started: for those who find the folder after a crash. */
const CHILD = 'child.json';

/** The interpreter of the environment of that digest below the folder. */
export function interpreterPath(folder: string, digest: string): string {
  return join(folder, digest, 'venv', 'bin', 'python');
}

/** Whether the environment is whole; it is not when the Python that it was made with has gone. */
export async function isBuilt(folder: string, digest: string): Promise<boolean> {
  try {
    await access(join(folder, digest, 'environment.json'));
    await access(interpreterPath(folder, digest));
    return true;
  } catch {
    return false;
  }
}

/** Builds unless another process has done so meanwhile. Nothing is left of a build that fails or is stopped. */
export async function build(parts: BuildParts, digest: string, recipe: Recipe, python: Interpreter): Promise<void> {
  const { folder, tell } = parts;
  await using _lock = await acquireLock(join(folder, '.locks', digest), {
    ...parts,
    waiting: (pid) => tell(`Waiting for process ${pid}, which builds the same environment.`),
  });
  if (await isBuilt(folder, digest)) {
    return;
  }
  const { pid, startTicks } = await identifyProcess(process.pid);
  const building = join(folder, `${BUILDING}${pid}-${startTicks ?? ''}-${randomUUID()}`);
  await mkdir(building, { mode: 0o700 });
  try {
    await fill(building, parts, recipe, python);
    await rm(join(building, CHILD), { force: true });
    if (!(await isBuilt(folder, digest))) {
      await rm(join(folder, digest), { recursive: true, force: true });
      await rename(building, join(folder, digest));
    }
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

/** Removes what builders left that were killed, and ends the installers that outlived them. */
export async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder);
  for (const name of names.filter((candidate) => candidate.startsWith(BUILDING))) {
    const building = join(folder, name);
    const builder = BUILDER.exec(name)?.groups;
    const startTicks = builder?.['ticks'] === '' ? null : (builder?.['ticks'] ?? null);
    if (builder !== undefined && (await isRunning({ pid: Number(builder['pid']), startTicks }))) {
      continue;
    }
    const child = Holder.safeParse(await readJsonFile(join(building, CHILD)));
    if (child.success && (await isRunning(child.data))) {
      endGroup(child.data.pid, 'SIGKILL');
    }
    await rm(building, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function fill(building: string, parts: BuildParts, recipe: Recipe, python: Interpreter): Promise<void> {
  const { tell, clock } = parts;
  const began = clock.now();
  const venv = join(building, 'venv');
  await runUv(building, parts, ['venv', '--quiet', '--relocatable', '--no-project', '--python', python.path, venv]);
  const requirements = join(building, 'requirements.txt');
  await writeFile(requirements, `${recipe.requirements.join('\n')}\n`, { mode: 0o600 });
  tell(`Installing ${recipe.requirements.map(hideUserInfo).join(', ')}.`);
  const interpreter = join(venv, 'bin', 'python');
  await runUv(building, { ...parts, environment: withIndexes(parts.environment, recipe.index) }, [
    'pip',
    'install',
    '--python',
    interpreter,
    '--requirements',
    requirements,
  ]);
  const packages: string[] = [];
  await runUv(building, { ...parts, tell: (line) => void packages.push(line) }, [
    'pip',
    'freeze',
    '--quiet',
    '--python',
    interpreter,
  ]);
  await writeFileAtomically(
    join(building, 'environment.json'),
    JSON.stringify({
      python: formatVersion(python.version),
      interpreter: python.path,
      requirements: recipe.requirements,
      packages,
      notes: recipe.notes,
      built: isoTime(clock),
    }),
  );
  tell(`Environment built in ${((clock.now() - began) / 1000).toFixed(1)} s: ${packages.length} packages.`);
}

async function runUv(building: string, parts: BuildParts, uvArguments: readonly string[]): Promise<void> {
  const lines: string[] = [];
  const code = await runChild({
    ...parts,
    command: parts.uv,
    arguments: uvArguments,
    folder: building,
    tell: (line) => {
      lines.push(line);
      parts.tell(hideUserInfo(line));
    },
    started: async (pid) =>
      writeFile(join(building, CHILD), JSON.stringify(await identifyProcess(pid)), { mode: 0o600 }),
  });
  if (code !== 0) {
    throw installationFailed(lines);
  }
}
