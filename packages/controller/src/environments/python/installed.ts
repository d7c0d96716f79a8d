/** The Python interpreters of this machine, and the ones that uv can download. */
import { access, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

import { FarledError } from '@farled/contract';
import type { Clock } from '@farled/service';
import { z } from 'zod';

import type { Tell } from '../../shared-work.ts';
import { runChild } from '../child.ts';
import type { Variables } from '../uv/environment.ts';
import type { Interpreter } from './choose.ts';

export interface UvParts {
  /** Path or name of uv. */
  readonly uv: string;
  readonly environment: Variables;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What `uv python list --output-format json` prints. */
const Listing = z.array(
  z.object({
    version_parts: z.object({ major: z.int(), minor: z.int(), patch: z.int() }),
    path: z.string().nullable(),
    implementation: z.string(),
    variant: z.string().default('default'),
  }),
);

/** Every CPython on the PATH, of pyenv and of uv, once each, in the order of the PATH. */
export async function installedPythons(parts: UvParts): Promise<Interpreter[]> {
  const lines: string[] = [];
  const code = await runChild({
    ...parts,
    command: parts.uv,
    arguments: ['python', 'list', '--only-installed', '--output-format', 'json'],
    environment: { ...parts.environment, PATH: await searchPath(parts.environment) },
    tell: (line) => void lines.push(line),
  });
  const listing = Listing.safeParse(parseLast(lines));
  if (code !== 0 || !listing.success) {
    throw new FarledError(
      'EnvironmentBuildFailed',
      `uv could not list the Python versions:\n${lines.slice(-10).join('\n')}`,
    );
  }
  return listing.data.flatMap(({ version_parts: { major, minor, patch }, path, implementation, variant }) =>
    path === null || implementation !== 'cpython' || variant !== 'default'
      ? []
      : [{ version: [major, minor, patch] as const, path }],
  );
}

/** Whether a Python of that minor version seems to be here now: a look at names only, which starts no program. */
export async function seemsInstalled(minor: string, environment: Variables): Promise<boolean> {
  const data = environment['XDG_DATA_HOME'] ?? join(environment['HOME'] ?? homedir(), '.local', 'share');
  const ofUv = await readdir(environment['UV_PYTHON_INSTALL_DIR'] ?? join(data, 'uv', 'python')).catch(() => []);
  if (ofUv.some((name) => name.startsWith(`cpython-${minor}.`))) {
    return true;
  }
  const folders = (await searchPath(environment)).split(delimiter);
  const found = await Promise.all(
    folders.map((folder) =>
      access(join(folder, `python${minor}`)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

/** A download that does not begin within seconds will not begin; one that runs gets the time that it needs. */
const NO_PATIENCE = { UV_HTTP_RETRIES: '0', UV_HTTP_CONNECT_TIMEOUT: '5', UV_HTTP_TIMEOUT: '15' };

/** Whether uv has installed that version. */
export async function downloadPython(parts: UvParts, version: string, tell: Tell): Promise<boolean> {
  tell(`Python ${version} is not installed: trying to download it.`);
  const lines: string[] = [];
  const code = await runChild({
    ...parts,
    command: parts.uv,
    arguments: ['python', 'install', '--no-bin', version],
    environment: { ...NO_PATIENCE, ...parts.environment, UV_PYTHON_DOWNLOADS: 'manual' },
    tell: (line) => void lines.push(line),
  });
  tell(
    code === 0
      ? `Python ${version} was downloaded.`
      : `Python ${version} could not be downloaded: ${lines.at(-1)?.trim() ?? 'no reason given'}`,
  );
  return code === 0;
}

/** pyenv's shims answer for one version only, so its versions are looked at themselves. */
async function searchPath(environment: Variables): Promise<string> {
  const root = environment['PYENV_ROOT'] ?? join(environment['HOME'] ?? homedir(), '.pyenv');
  const shims = join(root, 'shims');
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== shims && folder !== '');
  const versions = await readdir(join(root, 'versions')).catch(() => []);
  const supported = versions.filter((name) => /^3\.\d+\.\d+$/.test(name));
  return [...folders, ...supported.map((name) => join(root, 'versions', name, 'bin'))].join(delimiter);
}

/** The document is the line that begins a list; warnings may stand before it. */
function parseLast(lines: readonly string[]): unknown {
  const document = lines.findLast((line) => line.startsWith('['));
  try {
    return document === undefined ? undefined : JSON.parse(document);
  } catch {
    return undefined;
  }
}
