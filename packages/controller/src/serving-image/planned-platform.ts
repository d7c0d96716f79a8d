/** Which environment an image has on one platform. */
import type { EnvironmentDefinition } from '@farled/contract';
import { type BaseFacts, formatReference, type Platform, type Reference } from '@farled/image';

import type { BuildRequest, Environments, ImageEnvironment } from '../environments/environments.ts';

export interface PlannedPlatform {
  readonly platform: Platform;
  /** Of the base image for it. */
  readonly facts: BaseFacts;
  readonly environment: ImageEnvironment;
}

export function planEnvironment(
  environments: Environments,
  {
    definition,
    sourceDirectory,
    pythonPolicy,
    log,
    signal,
  }: Omit<BuildRequest, 'definition'> & { readonly definition: EnvironmentDefinition },
  { base, facts, platform }: { readonly base: Reference; readonly facts: BaseFacts; readonly platform: Platform },
): Promise<ImageEnvironment> {
  const { interpreters, glibc } = facts;
  return environments.planForImage({
    definition,
    sourceDirectory,
    pythonPolicy,
    base: {
      reference: formatReference(base),
      interpreters: interpreters.map(({ path, version: [major, minor] }) => ({ path, version: [major, minor, 0] })),
    },
    platform: { architecture: platform.architecture, glibc: glibc ?? null },
    log,
    signal,
  });
}
