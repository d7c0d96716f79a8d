import type { Clock, Logger } from '@farled/service';
import type { ArtifactStore, ServiceRecord, State } from '@farled/state';

/** What the API is made of. */
export interface AppParts {
  readonly state: State;
  readonly artifacts: ArtifactStore;
  /** Hexadecimal SHA-256 of the owner's token: the token itself is not kept in memory. */
  readonly ownerTokenDigest: string;
  /** Base address of scoring requests. */
  readonly scoringUrl: () => string;
  /** The last lines that the replicas of the service wrote. */
  readonly serviceLogs: (service: ServiceRecord, lines: number) => Promise<string[]>;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Logger;
}
