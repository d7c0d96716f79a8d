/** Who we are to a registry: from settings, or from the file that `docker login` writes. */
import { readFile } from 'node:fs/promises';

import { FarledError } from '@farled/contract';
import { z } from 'zod';

import { canonicalHost } from './reference.ts';

export type Credential =
  | { readonly username: string; readonly password: string }
  /** A refresh token, as Azure's registries give; exchanged for access tokens. */
  | { readonly identityToken: string };

/** Null: the registry is spoken to anonymously. */
export type Credentials = (host: string) => Promise<Credential | null>;

export const anonymous: Credentials = () => Promise.resolve(null);

/** By host, as in references: `docker.io`, `127.0.0.1:5000`. */
export function fixedCredentials(byHost: Readonly<Record<string, Credential>>): Credentials {
  const known = new Map(Object.entries(byHost).map(([host, credential]) => [hostOf(host), credential]));
  return (host) => Promise.resolve(known.get(canonicalHost(host)) ?? null);
}

/** The first that knows the host. */
export function firstCredentials(...sources: readonly Credentials[]): Credentials {
  return async (host) => {
    for (const source of sources) {
      const found = await source(host);
      if (found !== null) {
        return found;
      }
    }
    return null;
  };
}

const DockerConfig = z.object({
  auths: z
    .record(
      z.string(),
      z.object({
        auth: z.string().optional(),
        username: z.string().optional(),
        password: z.string().optional(),
        identitytoken: z.string().optional(),
      }),
    )
    .default({}),
  credHelpers: z.record(z.string(), z.string()).default({}),
  credsStore: z.string().optional(),
});
type DockerConfig = z.output<typeof DockerConfig>;

/** Read again for each question, because it changes with every login. A file that isn't there knows nobody. */
export function dockerConfigCredentials(path: string): Credentials {
  return async (host) => {
    const config = await readDockerConfig(path);
    return config === undefined ? null : fromDockerConfig(config, canonicalHost(host), path);
  };
}

function fromDockerConfig(config: DockerConfig, host: string, path: string): Credential | null {
  const found = Object.entries(config.auths).find(([key]) => hostOf(key) === host)?.[1];
  if (found?.identitytoken !== undefined && found.identitytoken !== '') {
    return { identityToken: found.identitytoken };
  }
  if (found?.username !== undefined && found.password !== undefined) {
    return { username: found.username, password: found.password };
  }
  const decoded = Buffer.from(found?.auth ?? '', 'base64').toString();
  const colon = decoded.indexOf(':');
  if (colon > 0) {
    return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
  }
  const helper = Object.entries(config.credHelpers).find(([key]) => hostOf(key) === host)?.[1];
  // With a store, an entry without secrets says that the store has them.
  const program = helper ?? (found === undefined ? undefined : config.credsStore);
  if (program !== undefined) {
    throw new FarledError(
      'NotSupportedYet',
      `${path} has the credentials for ${host} in the helper program docker-credential-${program}, which Farled does not run.`,
      { suggestion: `Give the user name and password for ${host} directly.` },
    );
  }
  return null;
}

async function readDockerConfig(path: string): Promise<DockerConfig | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
  const invalid = (fault: string): FarledError =>
    // Without the text, and without the parser's words, which may quote it: there are passwords in it.
    new FarledError('InvalidDocument', `${path} is not a configuration of Docker: ${fault}.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('it is not JSON');
  }
  const parsed = DockerConfig.safeParse(value);
  if (!parsed.success) {
    throw invalid(parsed.error.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`).join('; '));
  }
  return parsed.data;
}

/** Keys of `auths` may be addresses: `https://index.docker.io/v1/`. */
function hostOf(key: string): string {
  const [host = ''] = key.replace(/^https?:\/\//, '').split('/');
  return canonicalHost(host);
}
