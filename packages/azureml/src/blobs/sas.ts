/**
 * Addresses that are their own permission: whoever has one may do what it says, with what it names, until it expires.
 * The signature covers all three.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

import { FarledError } from '@farled/contract';

/** Names as Azure's: to create or write (what was written is confirmed by HEAD), or to read. */
export type Permission = 'w' | 'r';

export interface Grant {
  readonly path: string;
  readonly permission: Permission;
  /** Seconds since 1970. */
  readonly expires: number;
}

/** The query of such an address, of characters that need no encoding. */
export function signGrant(key: Buffer, grant: Grant): string {
  return `sp=${grant.permission}&se=${grant.expires}&sig=${signature(key, grant).toString('base64url')}`;
}

/**
 * Checks that the query permits it for that path now.
 *
 * @throws FarledError Forbidden, without saying what would be right.
 */
export function checkGrant(
  key: Buffer,
  wanted: { readonly path: string; readonly permissions: readonly Permission[] },
  query: Readonly<Record<string, unknown>>,
  now: number,
): void {
  const { sp, se, sig } = query;
  const permission = wanted.permissions.find((one) => one === sp);
  if (permission === undefined || typeof se !== 'string' || !/^\d{1,12}$/.test(se) || typeof sig !== 'string') {
    throw refused('does not permit this');
  }
  const expected = signature(key, { path: wanted.path, permission, expires: Number(se) });
  const given = Buffer.from(sig, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw refused('was not given by this server');
  }
  if (now >= Number(se) * 1000) {
    throw refused('has expired');
  }
}

function signature(key: Buffer, { path, permission, expires }: Grant): Buffer {
  return createHmac('sha256', key).update(`${permission}\n${expires}\n${path}`).digest();
}

function refused(why: string): FarledError {
  return new FarledError('Forbidden', `The address ${why}.`, { suggestion: 'Ask for a new one.' });
}
