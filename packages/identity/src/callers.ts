/** Lets the owner in by the token of the home folder, and everyone else by an access token and what the record says. */
import { createHash, timingSafeEqual } from 'node:crypto';

import { FarledError, may } from '@farled/contract';
import type { Changes, IdentityRecord, IdentityStore } from '@farled/state';

import type { AccessTokens } from './access-tokens.ts';
import { type AdmittedCaller, type Callers, OWNER, OWNER_ID } from './caller.ts';
import { refusal } from './refusal.ts';

export interface CallersParts {
  /** Hexadecimal SHA-256 of the owner's token: the token itself is not kept in memory. */
  readonly ownerTokenDigest: string;
  readonly tokens: AccessTokens;
  readonly identities: IdentityStore;
  readonly changes: Changes;
}

/** Identities that are kept in memory; more than a server has callers at once. */
const LARGEST_CACHE = 1000;

export function openCallers({ ownerTokenDigest, tokens, identities, changes }: CallersParts): Callers {
  const known = new Map<string, Promise<IdentityRecord | undefined>>();
  changes.subscribe(({ kind, id }) => {
    if (kind === 'identity') {
      known.delete(id);
    }
  });
  const find = (id: string): Promise<IdentityRecord | undefined> => {
    const present = known.get(id);
    if (present !== undefined) {
      return present;
    }
    if (known.size >= LARGEST_CACHE) {
      known.clear();
    }
    const found = identities.find(id);
    known.set(id, found);
    found.catch(() => known.delete(id));
    return found;
  };

  const isOwner = (token: string): boolean => {
    const digest = createHash('sha256').update(token).digest();
    return timingSafeEqual(digest, Buffer.from(ownerTokenDigest, 'hex'));
  };

  const recognise = async (token: string): Promise<AdmittedCaller> => {
    if (isOwner(token)) {
      return OWNER;
    }
    const { issuedAt, ...caller } = await tokens.verify(token);
    if (caller.id === OWNER_ID) {
      return { ...caller, roles: OWNER.roles };
    }
    const record = await find(caller.id);
    if (record === undefined) {
      throw new FarledError('Unauthorized', `The identity "${caller.name}" is not there any more.`, {
        suggestion: 'Use the token of another one.',
      });
    }
    // Tokens have whole seconds.
    if (issuedAt < Math.floor(Date.parse(record.secretTime) / 1000)) {
      throw new FarledError('Unauthorized', `The secret of "${record.name}" was replaced after this token was given.`, {
        suggestion: 'Log in again, or take a new token with the new secret.',
      });
    }
    return { ...caller, name: record.name, roles: record.roles };
  };

  return {
    admit: async (authorization, need, at) => {
      const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
      if (token === undefined) {
        throw new FarledError('Unauthorized', 'The bearer token is missing.', {
          suggestion:
            'Send "Authorization: Bearer TOKEN", with the token in the file owner-token of the Farled home, or one of an identity.',
        });
      }
      const caller = await recognise(token);
      if (!may(caller.roles, need, at)) {
        throw refusal(caller, need, at);
      }
      return caller;
    },
  };
}
