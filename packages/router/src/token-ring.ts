/** Whether a token is right, told from the token and the route alone: nobody is asked, so nobody can be away. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';

import { SERVICE_TOKENS, type TokenCheck } from '@farled/contract';
import type { Clock } from '@farled/service';
import { z } from 'zod';

import { credentialIn } from './authenticate.ts';

export type TokenFault =
  | 'missing'
  /** Not three parts of base64url with JSON in the first two, or of another algorithm. */
  | 'malformed'
  | 'unknownKey'
  | 'forged'
  | 'otherService'
  | 'expired'
  | 'notYetValid'
  | 'revoked';

/** Clocks of a cluster and of who issues tokens differ by less. */
const CLOCK_SKEW_SECONDS = 60;
/** A token has half a kilobyte. */
const LONGEST = 8192;
const REMEMBERED = 1024;

const Header = z.object({
  alg: z.literal(SERVICE_TOKENS.algorithm),
  kid: z.string(),
  /** Extensions that must be understood: there are none that we do. */
  crit: z.never().optional(),
});
const Claims = z.object({ iss: z.string(), aud: z.string(), iat: z.number(), nbf: z.number(), exp: z.number() });

export class TokenRing {
  readonly #check: TokenCheck;
  readonly #clock: Clock;
  readonly #keys: ReadonlyMap<string, KeyObject>;
  /** Headers that were right, with the second from which on they are not. */
  readonly #right = new Map<string, number>();

  constructor(check: TokenCheck, clock: Clock) {
    this.#check = check;
    this.#clock = clock;
    this.#keys = new Map(check.keys.flatMap((key) => importKey(key)));
  }

  /** Null when the token in the header is right. */
  faultOf(authorization: string | undefined): TokenFault | null {
    if (authorization === undefined) {
      return 'missing';
    }
    const now = this.#clock.now() / 1000;
    const until = this.#right.get(authorization);
    if (until !== undefined && now < until) {
      return null;
    }
    this.#right.delete(authorization);
    const token = credentialIn(authorization);
    if (token === undefined) {
      return 'missing';
    }
    const checked = this.#checked(token, now);
    if (typeof checked !== 'number') {
      return checked;
    }
    this.#remember(authorization, checked);
    return null;
  }

  /** What is wrong, or the second from which on it is not right any more. */
  #checked(token: string, now: number): TokenFault | number {
    const parts = token.length > LONGEST ? [] : token.split('.');
    const [header, payload, signature] = parts.map(decode);
    if (parts.length !== 3 || header === undefined || payload === undefined || signature === undefined) {
      return 'malformed';
    }
    const head = Header.safeParse(parse(header));
    const claims = Claims.safeParse(parse(payload));
    if (!head.success || !claims.success) {
      return 'malformed';
    }
    const key = this.#keys.get(head.data.kid);
    if (key === undefined) {
      return 'unknownKey';
    }
    const signed = token.slice(0, token.lastIndexOf('.'));
    if (!verify('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }, signature)) {
      return 'forged';
    }
    const { iss, aud, iat, nbf, exp } = claims.data;
    if (iss !== this.#check.issuer || aud !== this.#check.audience) {
      return 'otherService';
    }
    const until = exp + CLOCK_SKEW_SECONDS;
    if (now >= until) {
      return 'expired';
    }
    if (now < nbf - CLOCK_SKEW_SECONDS) {
      return 'notYetValid';
    }
    return iat < this.#check.notBefore ? 'revoked' : until;
  }

  #remember(authorization: string, until: number): void {
    const [oldest] = this.#right.keys();
    if (this.#right.size >= REMEMBERED && oldest !== undefined) {
      this.#right.delete(oldest);
    }
    this.#right.set(authorization, until);
  }
}

/** A key that can't be read lets nobody in; the others do what they did. */
function importKey({ kid, ...key }: TokenCheck['keys'][number]): [string, KeyObject][] {
  try {
    return [[kid, createPublicKey({ key, format: 'jwk' })]];
  } catch {
    return [];
  }
}

/** Strictly: of several spellings of the same bytes, one is a token. */
function decode(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, 'base64url');
  return bytes.toString('base64url') === part ? bytes : undefined;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
