/** Once in a while: removes artifacts and images that nothing in the record refers to any more, and renews keys. */
import { parseModelId } from '@farled/contract';
import type { Images } from '@farled/controller';
import type { SigningKeys } from '@farled/identity';
import type { Clock, Logger } from '@farled/service';
import type { ArtifactStore, ServiceRecord, ServiceSpec, State } from '@farled/state';

export interface HousekeepingParts {
  readonly state: State;
  readonly artifacts: ArtifactStore;
  readonly images: Images;
  readonly signingKeys: readonly Pick<SigningKeys, 'rotate'>[];
  readonly clock: Clock;
  readonly log: Logger;
}

const EVERY_MS = 60 * 60_000;
/** Uploads come before the registration that refers to them, images before their replicas: nothing younger is removed. */
const YOUNGEST_MS = 24 * 60 * 60_000;

export function keepHouse(parts: HousekeepingParts): Disposable {
  let cancel = (): void => {};
  const plan = (delayMs: number): void => {
    cancel = parts.clock.after(delayMs, () => {
      sweep(parts)
        .catch((error: unknown) => parts.log.error({ err: error }, 'Housekeeping failed'))
        .finally(() => plan(EVERY_MS));
    });
  };
  plan(EVERY_MS);
  return { [Symbol.dispose]: () => cancel() };
}

async function sweep({ state, artifacts, images, signingKeys }: HousekeepingParts): Promise<void> {
  await Promise.all(signingKeys.map((keys) => keys.rotate()));
  // Uploads that nothing came of: what refers to their files refers to their content.
  await state.stagedFiles.sweep(YOUNGEST_MS);
  await artifacts.parts.sweep(YOUNGEST_MS);
  await artifacts.sweep(await state.referencedArtifacts(), YOUNGEST_MS);
  const inUse = new Set<string>();
  for (const service of await state.services.all()) {
    for (const spec of [service.spec, service.lastGood?.spec, service.previousGood?.spec]) {
      if (spec !== undefined) {
        inUse.add(images.digest({ models: await modelsOf(state, service, spec), source: spec.source }));
      }
    }
  }
  await images.sweep(inUse, YOUNGEST_MS);
}

function modelsOf(state: State, { workspaceId }: ServiceRecord, { models }: ServiceSpec) {
  return Promise.all(models.map((id) => state.models.get(workspaceId, parseModelId(id))));
}
