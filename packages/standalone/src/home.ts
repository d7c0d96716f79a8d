/** The home folder: where everything that lasts is, and the two secrets that are made on the first start. */
import { createHash, randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { FarledError } from '@farled/contract';
import { writeFileAtomically } from '@farled/service';

export interface Home {
  readonly folder: string;
  readonly ownerToken: string;
  /** True on the first start: the token is then shown, this once. */
  readonly tokenIsNew: boolean;
  readonly secretKey: Buffer;
  readonly record: string;
  readonly artifacts: string;
  readonly images: string;
  readonly models: string;
  readonly tools: string;
  /** Layers of images, and what was found in base images: may be removed at any time. */
  readonly cache: string;
  readonly logs: string;
  /** Certificates and keys of the API that azureml-core speaks. */
  readonly tls: string;
  /** Sockets and what describes running processes. */
  readonly run: string;
  readonly serverInfo: string;
}

/** A Unix socket's path may have 107 bytes; the longest name below `run` takes about 60 of them. */
const LONGEST_RUN_FOLDER = 40;

export async function openHome(folder: string): Promise<Home> {
  await privateFolder(folder);
  const below = (name: string): string => join(folder, name);
  for (const name of ['artifacts', 'images', 'models', 'tools', 'cache', 'logs']) {
    await privateFolder(below(name));
  }
  const token = await secretFile(below('owner-token'), () => randomBytes(32).toString('base64url'));
  const secretKey = await secretFile(below('secret.key'), () => randomBytes(32).toString('hex'));
  return {
    folder,
    ownerToken: token.value,
    tokenIsNew: token.isNew,
    secretKey: Buffer.from(secretKey.value, 'hex'),
    record: below('record.sqlite'),
    artifacts: below('artifacts'),
    images: below('images'),
    models: below('models'),
    tools: below('tools'),
    cache: below('cache'),
    logs: below('logs'),
    tls: below('tls'),
    run: await openRunFolder(folder),
    serverInfo: below('server.json'),
  };
}

/** Where `run` of a home is: in it, or, when that would be too long for sockets, in a short private folder of its own. */
export function runFolder(home: string): string {
  const inside = join(home, 'run');
  if (Buffer.byteLength(inside) <= LONGEST_RUN_FOLDER) {
    return inside;
  }
  const digest = createHash('sha256').update(home).digest('hex').slice(0, 12);
  return join(tmpdir(), `farled-${digest}`);
}

async function openRunFolder(home: string): Promise<string> {
  const folder = runFolder(home);
  await privateFolder(folder);
  return folder;
}

async function privateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { uid } = await lstat(folder).then((found) => (found.isDirectory() ? found : { uid: -1 }));
  if (process.getuid !== undefined && uid !== process.getuid()) {
    throw new FarledError('BadArgument', `${folder} is not a folder of the user that runs Farled.`, {
      suggestion: 'Set FARLED_HOME to a folder of your own.',
    });
  }
  await chmod(folder, 0o700);
}

async function secretFile(
  path: string,
  make: () => string,
): Promise<{ readonly value: string; readonly isNew: boolean }> {
  try {
    const value = (await readFile(path, 'utf8')).trim();
    await chmod(path, 0o600);
    if (value !== '') {
      return { value, isNew: false };
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw error;
    }
  }
  const value = make();
  await writeFileAtomically(path, `${value}\n`, 0o600);
  return { value, isNew: true };
}
