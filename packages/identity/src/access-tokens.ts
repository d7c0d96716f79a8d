/** Access tokens of callers: JWTs, because azureml-core reads their expiry and tenant. */
import { FarledError } from '@farled/contract';
import type { Clock } from '@farled/service';
import { createLocalJWKSet, errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';

import type { Caller } from './caller.ts';
import { ALGORITHM, type PublishedKeys, type SigningKeys } from './signing-keys.ts';

/** Of the API, whatever address it has. */
export const ISSUER = 'farled';
/** What azureml-core asks tokens for. */
export const AUDIENCE = 'https://management.core.windows.net/';
/** anchors: contract 1.4: a client takes a new one five minutes before the end. */
export const LIFETIME_SECONDS = 3600;
const CLOCK_SKEW_SECONDS = 60;

export interface IssuedToken {
  readonly token: string;
  /** Seconds since 1970. */
  readonly expiresOn: number;
}

interface VerifiedCaller extends Caller {
  /** Seconds since 1970. */
  readonly issuedAt: number;
}

export interface AccessTokens {
  issue(caller: Caller): Promise<IssuedToken>;
  /** @throws FarledError Unauthorized, with nothing of the token in it. */
  verify(token: string): Promise<VerifiedCaller>;
}

const Claims = z.object({ oid: z.uuid(), name: z.string(), tid: z.string(), iat: z.int(), exp: z.int() });

/** More than a server has callers at once. */
const REMEMBERED = 1000;

interface Checked {
  readonly caller: VerifiedCaller;
  /** Seconds since 1970. */
  readonly expiresOn: number;
}

/** What was let in by these keys: a signature is checked once, and not for every request. */
interface Checks {
  readonly by: PublishedKeys;
  readonly keyOf: ReturnType<typeof createLocalJWKSet>;
  readonly right: Map<string, Checked>;
}

export function accessTokens(keys: SigningKeys, clock: Clock): AccessTokens {
  let checks: Checks | undefined;
  const checksNow = async (): Promise<Checks> => {
    const by = await keys.published();
    if (checks?.by !== by) {
      checks = { by, keyOf: createLocalJWKSet(by), right: new Map() };
    }
    return checks;
  };
  const check = async (token: string, { keyOf }: Checks): Promise<Checked> => {
    const { payload } = await jwtVerify(token, keyOf, {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
      clockTolerance: CLOCK_SKEW_SECONDS,
      currentDate: new Date(clock.now()),
    });
    const { oid, name, tid, iat, exp } = Claims.parse(payload);
    return { caller: { id: oid, name, tenantId: tid, issuedAt: iat }, expiresOn: exp };
  };

  return {
    issue: async ({ id, name, tenantId }) => {
      const { id: kid, privateKey } = await keys.current();
      const now = Math.floor(clock.now() / 1000);
      const expiresOn = now + LIFETIME_SECONDS;
      const token = await new SignJWT({ oid: id, tid: tenantId, name })
        .setProtectedHeader({ alg: ALGORITHM, kid, typ: 'JWT' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(id)
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(expiresOn)
        .sign(privateKey);
      return { token, expiresOn };
    },
    verify: async (token) => {
      try {
        const now = await checksNow();
        const known = now.right.get(token);
        if (known !== undefined && clock.now() / 1000 < known.expiresOn) {
          return known.caller;
        }
        const checked = await check(token, now);
        if (now.right.size >= REMEMBERED) {
          now.right.clear();
        }
        now.right.set(token, checked);
        return checked.caller;
      } catch (error) {
        const expired = error instanceof errors.JWTExpired;
        throw new FarledError('Unauthorized', `The bearer token ${expired ? 'has expired' : 'is not valid'}.`, {
          suggestion: 'Log in again, take a new token, or send the one in the file owner-token of the Farled home.',
        });
      }
    },
  };
}
