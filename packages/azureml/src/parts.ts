import type { AccessTokens, AuthorizationServer, Callers } from '@farled/identity';
import type { Api } from '@farled/server';
import type { Clock, Logger } from '@farled/service';
import type { ArtifactStore, State } from '@farled/state';

/** What the compatible API is made of. */
export interface CompatibleParts {
  /** Where every domain rule is: the operations that SDK and command line use. */
  readonly api: Api;
  readonly state: State;
  readonly artifacts: ArtifactStore;
  readonly callers: Callers;
  readonly tokens: AccessTokens;
  /** Gives tokens for secrets and for logins. */
  readonly authorization: AuthorizationServer;
  /** Base address that clients reach this API by: `https://NAME.blob.DOMAIN:PORT`, no slash at the end. */
  readonly url: () => string;
  readonly clock: Clock;
  readonly log: Logger;
}
