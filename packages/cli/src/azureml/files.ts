/** What is written for azureml-core: private, and in a folder of its own for each address and content of its table. */
import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { fileError } from '@farled/sdk';

import type { ClientFiles } from './variables.ts';

const SITECUSTOMIZE = fileURLToPath(new URL('../../python/sitecustomize.py', import.meta.url));

export interface Contents {
  readonly url: string;
  /** JSON of the table of clouds. */
  readonly clouds: string;
  readonly bundle: string;
}

/** The client's cache of the table is never refreshed: another table gets another folder. */
export function folderName(url: string, clouds: string): string {
  const { hostname, port } = new URL(url);
  const digest = createHash('sha256').update(clouds).digest('hex').slice(0, 8);
  return `${hostname}-${port || '443'}-${digest}`;
}

export async function writeClientFiles(root: string, { url, clouds, bundle }: Contents): Promise<ClientFiles> {
  const folder = join(root, folderName(url, clouds));
  const files: ClientFiles = {
    root,
    clouds: join(folder, 'clouds.json'),
    bundle: join(folder, 'ca-bundle.pem'),
    config: join(folder, 'azure'),
    logins: join(folder, 'auth'),
    python: new URL(url).hostname.endsWith('.localhost') ? join(folder, 'python') : null,
  };
  try {
    for (const one of [dirname(root), root, folder, files.config, files.logins]) {
      await privateFolder(one, one !== dirname(root));
    }
    await keep(files.clouds, clouds);
    await keep(files.bundle, bundle);
    if (files.python !== null) {
      await privateFolder(files.python, true);
      await keep(join(files.python, 'sitecustomize.py'), await readFile(SITECUSTOMIZE, 'utf8'));
    }
  } catch (error) {
    throw fileError(error, 'The folder for azureml-core', folder);
  }
  return files;
}

async function privateFolder(folder: string, ours: boolean): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (ours) {
    await chmod(folder, 0o700);
  }
}

/** Written only when it says something else, and never seen half: scripts may be reading it. */
async function keep(path: string, content: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === content) {
    return;
  }
  const temporary = join(dirname(path), `.${randomUUID()}.tmp`);
  try {
    await writeFile(temporary, content, { mode: 0o600 });
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}
