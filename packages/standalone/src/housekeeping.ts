import type { Clock, Logger } from '@farled/service';
/** Once in a while: removes artifacts and images that nothing in the record refers to any more. */
import { type ArtifactStore, type State } from '@farled/state';

export interface HousekeepingParts {
  readonly state: State;
  readonly artifacts: ArtifactStore;
  readonly clock: Clock;
  readonly log: Logger;
}

const EVERY_MS = 60 * 60_000;
/** Uploads come before the registration that refers to them: nothing younger than this is removed. */
const YOUNGEST_MS = 24 * 60 * 60_000;

export function keepHouse(parts: HousekeepingParts): Disposable {
  let cancel = (): void => {};
  const plan = (delayMs: number): void => {
    cancel = parts.clock.after(delayMs, () => {
      sweepArtifacts(parts)
        .catch((error: unknown) => parts.log.error({ err: error }, 'Housekeeping failed'))
        .finally(() => plan(EVERY_MS));
    });
  };
  plan(EVERY_MS);
  return { [Symbol.dispose]: () => cancel() };
}

async function sweepArtifacts({ state, artifacts }: HousekeepingParts): Promise<void> {
  await artifacts.sweep(await state.referencedArtifacts(), YOUNGEST_MS);
}
