/** Reads a base image as who its environment says, and does everything else as who we are. */
import type { EnvironmentDefinition } from '@farled/contract';
import { parseReference, type Reference, type Registry, type Repository } from '@farled/image';

/** A user of one registry. */
export interface RegistryUser {
  readonly host: string;
  readonly username: string;
  readonly password: string;
}

/** Null when the environment names nobody, or somebody of another registry: a password goes to its own host alone. */
export function userOf(
  definition: EnvironmentDefinition,
  password: string | null,
  base: Reference,
): RegistryUser | null {
  const user = registryUser(definition, password);
  return user?.host === base.host ? user : null;
}

/** Whom the environment names, and of which registry. */
export function registryUser({ docker }: EnvironmentDefinition, password: string | null): RegistryUser | null {
  const { address, username } = docker.baseImageRegistry;
  if (address === null || username === null || password === null) {
    return null;
  }
  const { host } = parseReference(`${address.replace(/^https?:\/\//, '').split('/')[0]}/any`);
  return { host, username, password };
}

/** The registry to build with, until it is disposed of. */
export function openBaseRegistry(
  parts: { readonly registry: Registry; readonly openRegistry: (user: RegistryUser) => Registry },
  user: RegistryUser | null,
  base: Repository,
): { readonly registry: Registry } & AsyncDisposable {
  if (user === null) {
    return { registry: parts.registry, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const theirs = parts.openRegistry(user);
  return {
    registry: readingBaseFrom(base, theirs, parts.registry),
    [Symbol.asyncDispose]: () => theirs.close(),
  };
}

/** What is read of the base comes from `theirs`; everything else, the same repository written to among it, is `ours`. */
function readingBaseFrom(base: Repository, theirs: Registry, ours: Registry): Registry {
  const of = ({ host, repository }: Repository): Registry =>
    host === base.host && repository === base.repository ? theirs : ours;
  return {
    ...ours,
    manifest: (reference, signal) => of(reference).manifest(reference, signal),
    imageManifest: (reference, platform, signal) => of(reference).imageManifest(reference, platform, signal),
    readBlob: (from, blob, signal) => of(from).readBlob(from, blob, signal),
    readBlobFrom: (from, blob, start, signal) => of(from).readBlobFrom(from, blob, start, signal),
    readBlobBytes: (from, blob, maximum, signal) => of(from).readBlobBytes(from, blob, maximum, signal),
  };
}
