/** Tokens that let their bearers score: JWTs, which routers check by themselves. */
import { type ServiceToken, SERVICE_TOKENS } from '@farled/contract';
import type { Clock } from '@farled/service';
import { SignJWT } from 'jose';

import { ALGORITHM, type SigningKeys } from './signing-keys.ts';

interface TokenService {
  /** UUID: a token is of this service, and of no later one with its name. */
  readonly id: string;
  readonly name: string;
  /** Seconds since 1970: what routers refuse was issued before. */
  readonly tokensNotBefore: number;
}

export interface ServiceTokens {
  issue(service: TokenService): Promise<ServiceToken>;
  /** Has every token refused that was issued until now, of whatever service. */
  replaceKey(): Promise<void>;
}

export interface ServiceTokensParts {
  readonly keys: SigningKeys;
  readonly lifetimeSeconds: number;
  readonly clock: Clock;
}

export function serviceTokens({ keys, lifetimeSeconds, clock }: ServiceTokensParts): ServiceTokens {
  return {
    replaceKey: () => keys.replace(),
    issue: async ({ id, name, tokensNotBefore }) => {
      const { id: kid, privateKey } = await keys.current();
      const now = Math.floor(clock.now() / 1000);
      const expiryOn = now + lifetimeSeconds;
      const accessToken = await new SignJWT({ service: name })
        .setProtectedHeader({ alg: ALGORITHM, kid, typ: 'JWT' })
        .setIssuer(SERVICE_TOKENS.issuer)
        .setAudience(id)
        // Tokens of the second in which others were revoked are younger than those.
        .setIssuedAt(Math.max(now, tokensNotBefore))
        .setNotBefore(now)
        .setExpirationTime(expiryOn)
        .sign(privateKey);
      return { accessToken, tokenType: 'Bearer', refreshAfter: now + Math.floor(lifetimeSeconds / 2), expiryOn };
    },
  };
}
