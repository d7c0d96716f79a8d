/** Keys of services and endpoints. */
import { randomInt } from 'node:crypto';

import type { ServiceKeys } from '@farled/contract';

const KEY_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const KEY_LENGTH = 32;

export function newKey(): string {
  return Array.from({ length: KEY_LENGTH }, () => KEY_ALPHABET[randomInt(KEY_ALPHABET.length)]).join('');
}

type SaidKeys = { readonly [Key in keyof ServiceKeys]?: string | undefined };

export function newKeys({ primaryKey = newKey(), secondaryKey = newKey() }: SaidKeys): ServiceKeys {
  return { primaryKey, secondaryKey };
}

export function saidKeys(keys: SaidKeys): Partial<ServiceKeys> {
  return Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== undefined));
}
