/** Lets the owner in by the token of the home folder, and everyone else by an access token. */
import { createHash, timingSafeEqual } from 'node:crypto';

import { FarledError } from '@farled/contract';

import type { AccessTokens } from './access-tokens.ts';
import { type Caller, type Callers, DEFAULT_TENANT, OWNER_ID } from './caller.ts';

export interface CallersParts {
  /** Hexadecimal SHA-256 of the owner's token: the token itself is not kept in memory. */
  readonly ownerTokenDigest: string;
  readonly tokens: AccessTokens;
}

const OWNER: Caller = { id: OWNER_ID, name: 'owner', tenantId: DEFAULT_TENANT };

export function openCallers({ ownerTokenDigest, tokens }: CallersParts): Callers {
  const isOwner = (token: string): boolean => {
    const digest = createHash('sha256').update(token).digest();
    return timingSafeEqual(digest, Buffer.from(ownerTokenDigest, 'hex'));
  };
  return {
    admit: async (authorization) => {
      const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
      if (token === undefined) {
        throw new FarledError('Unauthorized', 'The bearer token is missing.', {
          suggestion: 'Send "Authorization: Bearer TOKEN".',
        });
      }
      return isOwner(token) ? OWNER : tokens.verify(token);
    },
  };
}
