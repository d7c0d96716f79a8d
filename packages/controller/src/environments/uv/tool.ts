/** Finds uv, or installs it once below the tools folder. */
import { randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { FarledError } from '@farled/contract';
import type { Clock } from '@farled/service';

import type { Tell } from '../../shared-work.ts';
import { runChild } from '../child.ts';
import { findExecutable, isExecutable } from '../executable.ts';
import { acquireLock } from '../lock.ts';
import { compareVersions } from '../python/version.ts';
import type { Variables } from './environment.ts';

export interface ToolParts {
  readonly toolsFolder: string;
  /** A path that was configured; it is used as it is. */
  readonly configured: string | undefined;
  readonly environment: Variables;
  readonly clock: Clock;
  readonly tell: Tell;
  readonly signal: AbortSignal;
}

const UV_VERSION = '0.13.9';
/** One that is on the PATH is used from this version on: it has all that is asked of it here. */
const OLDEST = [0, 9, 0];

const FETCH_WHEEL = fileURLToPath(new URL('../../../src/environments/uv/fetch_wheel.py', import.meta.url));

/** The path to start uv by: a name would be looked up anew on whatever PATH uv is started with. */
export async function findUv(parts: ToolParts): Promise<string> {
  const { configured, environment } = parts;
  if (configured !== undefined) {
    const path = configured.includes('/') ? configured : await findExecutable(configured, environment);
    if (path === null || !(await isExecutable(path))) {
      throw new FarledError('EnvironmentBuildFailed', `There is no uv at "${configured}", where it was said to be.`, {
        suggestion: 'Say where uv is, or say nothing: then it is installed when an environment needs it.',
      });
    }
    return path;
  }
  const found = await findExecutable('uv', environment);
  const version = found === null ? null : await versionOf(found, parts);
  if (found !== null && version !== null && compareVersions(version, OLDEST) >= 0) {
    return found;
  }
  const folder = join(parts.toolsFolder, `uv-${UV_VERSION}`);
  const uv = join(folder, 'bin', 'uv');
  if (!(await exists(uv))) {
    await install(folder, parts);
  }
  return uv;
}

async function install(folder: string, parts: ToolParts): Promise<void> {
  await using _lock = await acquireLock(`${folder}.lock`, {
    ...parts,
    waiting: (pid) => parts.tell(`Waiting for process ${pid}, which installs uv.`),
  });
  if (await exists(join(folder, 'bin', 'uv'))) {
    return;
  }
  parts.tell(`Installing uv ${UV_VERSION}, which builds environments, into ${folder} (once).`);
  const lines: string[] = [];
  const tell = (line: string): void => void lines.push(line);
  for (const command of [pipCommand, fetchCommand]) {
    const temporary = `${folder}.${randomUUID()}`;
    await mkdir(temporary, { recursive: true, mode: 0o700 });
    try {
      const code = await runChild({ ...parts, tell, command: 'python3', arguments: command(temporary) });
      if (code === 0 && (await exists(join(temporary, 'bin', 'uv')))) {
        await rm(folder, { recursive: true, force: true });
        await rename(temporary, folder);
        return;
      }
    } catch (error) {
      parts.signal.throwIfAborted();
      lines.push((error as Error).message);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  }
  throw new FarledError(
    'EnvironmentBuildFailed',
    `uv ${UV_VERSION} could not be installed:\n${lines.slice(-10).join('\n')}`,
    {
      suggestion:
        'Install uv on this machine so that it is on the PATH, or let this machine reach a Python package index: UV_DEFAULT_INDEX names another one.',
    },
  );
}

function pipCommand(target: string): string[] {
  const options = ['--quiet', '--disable-pip-version-check', '--no-input', '--no-deps', '--only-binary', ':all:'];
  return ['-m', 'pip', 'install', ...options, '--target', target, `uv==${UV_VERSION}`];
}

/** Not isolated (-I): the proxy and certificate settings of the environment are wanted. */
function fetchCommand(target: string): string[] {
  return [FETCH_WHEEL, UV_VERSION, target];
}

async function versionOf(uv: string, { environment, clock, signal }: ToolParts): Promise<number[] | null> {
  const lines: string[] = [];
  try {
    await runChild({
      command: uv,
      arguments: ['--version'],
      environment,
      clock,
      signal,
      tell: (line) => void lines.push(line),
    });
  } catch {
    signal.throwIfAborted();
    return null;
  }
  const version = /^uv (\d+)\.(\d+)\.(\d+)/.exec(lines[0] ?? '');
  return version === null ? null : version.slice(1).map(Number);
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
