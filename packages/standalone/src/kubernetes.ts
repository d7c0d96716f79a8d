/** What this machine brings for compute targets on Kubernetes: the registry that was named, our programs, room on disk. */
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { FarledError } from '@farled/contract';
import type { KubernetesParts } from '@farled/controller';
import {
  createRegistry,
  type Credential,
  type Credentials,
  dockerConfigCredentials,
  firstCredentials,
  fixedCredentials,
  parseReference,
  type Registry,
} from '@farled/image';
import { routerEntry } from '@farled/router';
import { pythonSources, runtimeEntry } from '@farled/runtime';
import type { Clock, Logger } from '@farled/service';

import type { RegistryConfig } from './config.ts';
import type { Home } from './home.ts';

/** Null when no registry was named. @throws FarledError BadArgument for files that were named and can't be read. */
export async function kubernetesParts(
  config: RegistryConfig,
  home: Home,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<KubernetesParts | null> {
  if (config.repository === null) {
    return null;
  }
  // What a server that was killed left of the images that it was making.
  await rm(join(home.cache, 'work'), { recursive: true, force: true });
  const { host } = parseReference(config.repository);
  const credentials = await credentialsOf(config, host);
  const certificateAuthorities = config.certificateFile === null ? null : await readNamed(config.certificateFile);
  const open = (whoWeAre: Credentials): Registry =>
    createRegistry({
      credentials: whoWeAre,
      ...(certificateAuthorities === null ? {} : { certificateAuthorities }),
      clock,
      log,
    });
  return {
    installation: installationOf(home),
    registry: open(credentials),
    openRegistry: ({ host: where, ...user }) => open(fixedCredentials({ [where]: user })),
    repository: config.repository,
    registryLogin: login(host, await credentials(host)),
    defaultBase: config.baseImage,
    builder: { image: config.builderImage, registryForPods: config.forPods, certificateAuthorities },
    cacheFolder: home.cache,
    toolsFolder: home.tools,
    logsFolder: home.logs,
    programs: { runtime: { entry: runtimeEntry, python: pythonSources }, router: { entry: routerEntry } },
    environment: process.env,
  };
}

/** The same for as long as the home is there, and nothing that could be used as a secret. */
function installationOf({ secretKey }: Home): string {
  return createHash('sha256').update('installation').update(secretKey).digest('hex').slice(0, 16);
}

async function credentialsOf({ username, passwordFile }: RegistryConfig, host: string): Promise<Credentials> {
  const folder = process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker');
  const ofDocker = dockerConfigCredentials(join(folder, 'config.json'));
  if (username === null || passwordFile === null) {
    return ofDocker;
  }
  const password = (await readNamed(passwordFile)).trimEnd();
  return firstCredentials(fixedCredentials({ [host]: { username, password } }), ofDocker);
}

/** A refresh token is of no use to nodes: they get theirs from the cluster's own ways. */
function login(host: string, credential: Credential | null): KubernetesParts['registryLogin'] {
  return credential !== null && 'username' in credential ? { host, ...credential } : null;
}

async function readNamed(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new FarledError('BadArgument', `The file ${path} can't be read: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}
