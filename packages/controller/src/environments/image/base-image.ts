/** Decides which base image an environment is built upon, and with it which Python it gets. */
import { CondaDependencies, type EnvironmentDefinition } from '@farled/contract';

import type { VersionClause } from '../conda/match-spec.ts';
import { toPipRequirements } from '../conda/requirements.ts';
import { isTooOld } from '../python/choose.ts';
import { minorSatisfies } from '../python/version.ts';

/** Stands for a minor version, like «3.11», in the name of the default base image. */
const PLACEHOLDER = '{python}';

/** Minor versions of Python 3 that images are to be had of, newest first. */
const MINORS = [13, 12, 11, 10, 9, 8] as const;
const OLDEST_MINOR = 8;
/** For those who ask for nothing. */
const USUAL_MINOR = 11;

/**
 * The base image that the environment names, else the default one with the newest Python that the environment can run
 * with. When there is none, the nearest: who looks into the image then says what is missing.
 *
 * @throws FarledError EnvironmentBuildFailed for dependencies that can't be read.
 */
export function baseImageOf({ docker, python }: EnvironmentDefinition, fallback: string): string {
  if (docker.baseImage !== null) {
    return at(docker.baseImage, docker.baseImageRegistry.address);
  }
  if (!fallback.includes(PLACEHOLDER) || python.userManagedDependencies) {
    return usualBaseImage(fallback);
  }
  const conda = toPipRequirements(python.condaDependencies ?? CondaDependencies.parse({}));
  return withPython(fallback, minorFor(conda.python));
}

/** anchors: a base image without a host is in the registry that the environment names. */
function at(image: string, address: string | null): string {
  const [first = '', ...more] = image.split('/');
  const hasHost = more.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return address === null || hasHost ? image : `${address.replace(/^https?:\/\//, '').replace(/\/+$/, '')}/${image}`;
}

/** The default base image for what needs no Python, or any. */
export function usualBaseImage(fallback: string): string {
  return withPython(fallback, USUAL_MINOR);
}

function minorFor(clauses: readonly VersionClause[]): number {
  if (clauses.length === 0) {
    return USUAL_MINOR;
  }
  const nearest = isTooOld(clauses) ? OLDEST_MINOR : MINORS[0];
  return MINORS.find((minor) => minorSatisfies([3, minor, 0], clauses)) ?? nearest;
}

function withPython(fallback: string, minor: number): string {
  return fallback.replaceAll(PLACEHOLDER, `3.${minor}`);
}
