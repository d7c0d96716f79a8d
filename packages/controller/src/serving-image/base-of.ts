/** What an image of an environment is built upon: an image that is there, or one that its Dockerfile makes. */
import type { EnvironmentDefinition } from '@farled/contract';
import { parseReference, type Platform, type Reference } from '@farled/image';

import { baseImageOf } from '../environments/image/base-image.ts';
import { refuseDockerfile } from '../environments/recipe.ts';
import { type RegistryUser, registryUser } from './base-registry.ts';

export interface BaseRequest {
  readonly dockerfile: string;
  /** Who may read what the Dockerfile builds upon; null: who we are. */
  readonly user: RegistryUser | null;
  readonly platforms: readonly Platform[];
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Builds a Dockerfile; the image is named by its digest. @throws FarledError ImageBuildFailed. */
export type BuildBase = (request: BaseRequest) => Promise<Reference>;

interface BaseChoice extends Omit<BaseRequest, 'dockerfile' | 'user'> {
  readonly defaultBase: string;
  readonly password: string | null;
  /** Absent where nothing can run the steps of a Dockerfile. */
  readonly buildBase?: BuildBase | undefined;
}

/** @throws FarledError NotSupportedYet for a Dockerfile where nothing can build it. */
export async function baseOf(definition: EnvironmentDefinition, choice: BaseChoice): Promise<Reference> {
  const { baseDockerfile: dockerfile } = definition.docker;
  const { defaultBase, password, buildBase, platforms, log, signal } = choice;
  if (dockerfile === null) {
    return parseReference(baseImageOf(definition, defaultBase));
  }
  if (buildBase === undefined) {
    throw refuseDockerfile(definition, 'package');
  }
  return buildBase({ dockerfile, user: registryUser(definition, password), platforms, log, signal });
}
