/** Secrets of identities as they are kept: nobody can be them who only reads the record. */
import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** 256 random bits: nobody guesses them, so that a plain digest is enough. */
const SECRET_BYTES = 32;
/** A password of a person is easier to guess than anything random: trying one has to cost something. */
const SCRYPT_BYTES = 32;
const SALT_BYTES = 16;

const derive = promisify<string, Buffer, number, Buffer>(scrypt);

export function makeSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** Of one that {@link makeSecret} made. */
export function digestSecret(secret: string): string {
  return `sha256:${sha256(secret).toString('base64url')}`;
}

/** Of one that a person chose. */
export async function digestPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const derived = await derive(password.normalize('NFKC'), salt, SCRYPT_BYTES);
  return `scrypt:${salt.toString('base64url')}:${derived.toString('base64url')}`;
}

/** Takes as long for the one as for the other answer. */
export async function isSecretOf(digest: string, given: string): Promise<boolean> {
  const [kind, first = '', second = ''] = digest.split(':');
  if (kind === 'sha256') {
    return equal(sha256(given), Buffer.from(first, 'base64url'));
  }
  const derived = await derive(given.normalize('NFKC'), Buffer.from(first, 'base64url'), SCRYPT_BYTES);
  return equal(derived, Buffer.from(second, 'base64url'));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function equal(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
