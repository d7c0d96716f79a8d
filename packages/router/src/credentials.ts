/** What a service lets in, keys or tokens or anything, and the words for what it does not. */
import type { ServiceRoute } from '@farled/contract';
import type { Clock } from '@farled/service';

import { KeyRing } from './authenticate.ts';
import { type TokenFault, TokenRing } from './token-ring.ts';

type Route = Pick<ServiceRoute, 'name' | 'keyDigests' | 'tokens'>;

export interface Refused {
  /** What is wrong and what to send; nothing of what was sent is in it. */
  readonly message: string;
  /** Of the header www-authenticate. */
  readonly challenge: string;
}

export class Credentials {
  /** A route that wants the same keeps what was found right. */
  readonly wanted: string;
  readonly #name: string;
  readonly #isOpen: boolean;
  readonly #keys: KeyRing | null;
  readonly #tokens: TokenRing | null;

  constructor(route: Route, clock: Clock) {
    const { name, keyDigests, tokens } = route;
    this.wanted = Credentials.wantedBy(route);
    this.#name = name;
    this.#isOpen = keyDigests === null;
    this.#keys = keyDigests === null || keyDigests.length === 0 ? null : new KeyRing(keyDigests);
    this.#tokens = tokens === null ? null : new TokenRing(tokens, clock);
  }

  static wantedBy({ keyDigests, tokens }: Route): string {
    return JSON.stringify([keyDigests, tokens]);
  }

  /** Null lets the request in. */
  refusalOf(authorization: string | undefined): Refused | null {
    if (this.#isOpen || this.#keys?.admits(authorization) === true) {
      return null;
    }
    if (this.#tokens === null) {
      return {
        message: `The key for service "${this.#name}" is missing or not valid. Send "Authorization: Bearer KEY" with one of its two keys.`,
        challenge: 'Bearer',
      };
    }
    const fault = this.#tokens.faultOf(authorization);
    return fault === null
      ? null
      : {
          message: `${FAULTS[fault](this.#name)} Send "Authorization: Bearer TOKEN" with a token of the service: \`farled service get-access-token -n ${this.#name}\` gives a new one.`,
          challenge: fault === 'missing' ? 'Bearer' : 'Bearer error="invalid_token"',
        };
  }
}

const FAULTS: Readonly<Record<TokenFault, (service: string) => string>> = {
  missing: (service) => `The token for service "${service}" is missing.`,
  malformed: (service) => `Service "${service}" takes tokens, and what was sent is not one.`,
  unknownKey: (service) => `The token for service "${service}" is signed with a key that is not, or no longer, in use.`,
  forged: (service) => `The signature of the token for service "${service}" is not right.`,
  otherService: (service) => `The token is not of service "${service}", or of an earlier one with its name.`,
  expired: (service) => `The token for service "${service}" has expired.`,
  notYetValid: (service) =>
    `The token for service "${service}" is not valid yet: the clock of the router is behind that of the server.`,
  revoked: (service) => `The token for service "${service}" was revoked.`,
};
