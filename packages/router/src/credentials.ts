/** What a service lets in, keys or tokens or anything, and the words for what it does not. */
import type { ServiceRoute } from '@farled/contract';
import type { Clock } from '@farled/service';

import { credentialIn, KeyRing } from './authenticate.ts';
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
  /** With what it is: the service or the endpoint. */
  readonly #name: string;
  readonly #hint: string;
  readonly #isOpen: boolean;
  readonly #keys: KeyRing | null;
  readonly #tokens: TokenRing | null;

  constructor(route: Route, clock: Clock, kind: keyof typeof GROUPS = 'service') {
    const { name, keyDigests, tokens } = route;
    this.wanted = Credentials.wantedBy(route);
    this.#name = `${kind} "${name}"`;
    this.#hint = `a token of the ${kind}: \`farled ${GROUPS[kind]} get-access-token -n ${name}\` gives a new one`;
    this.#isOpen = keyDigests === null;
    this.#keys = keyDigests === null || keyDigests.length === 0 ? null : new KeyRing(keyDigests);
    this.#tokens = tokens === null ? null : new TokenRing(tokens, clock);
  }

  static wantedBy({ keyDigests, tokens }: Route): string {
    return JSON.stringify([keyDigests, tokens]);
  }

  /** Of one that was let in: with whom it shares its turns in line. Nobody in particular, where all are let in. */
  callerOf(authorization: string | undefined): string {
    return this.#isOpen || authorization === undefined ? '' : (credentialIn(authorization) ?? '');
  }

  /** Null lets the request in. */
  refusalOf(authorization: string | undefined): Refused | null {
    if (this.#isOpen || this.#keys?.admits(authorization) === true) {
      return null;
    }
    if (this.#tokens === null) {
      return {
        message: `The key for ${this.#name} is missing or not valid. Send "Authorization: Bearer KEY" with one of its two keys.`,
        challenge: 'Bearer',
      };
    }
    const fault = this.#tokens.faultOf(authorization);
    return fault === null
      ? null
      : {
          message: `${FAULTS[fault](this.#name)} Send "Authorization: Bearer TOKEN" with ${this.#hint}.`,
          challenge: fault === 'missing' ? 'Bearer' : 'Bearer error="invalid_token"',
        };
  }
}

/** Of commands. */
const GROUPS = { service: 'service', endpoint: 'endpoint realtime' } as const;

const FAULTS: Readonly<Record<TokenFault, (name: string) => string>> = {
  missing: (name) => `The token for ${name} is missing.`,
  malformed: (name) => `${name.charAt(0).toUpperCase()}${name.slice(1)} takes tokens, and what was sent is not one.`,
  unknownKey: (name) => `The token for ${name} is signed with a key that is not, or no longer, in use.`,
  forged: (name) => `The signature of the token for ${name} is not right.`,
  otherService: (name) => `The token is not of ${name}, or of an earlier one with its name.`,
  expired: (name) => `The token for ${name} has expired.`,
  notYetValid: (name) =>
    `The token for ${name} is not valid yet: the clock of the router is behind that of the server.`,
  revoked: (name) => `The token for ${name} was revoked.`,
};
