import { expect, test } from 'vitest';

import { digestPassword, digestSecret, isSecretOf, makeSecret } from './secret-digest.ts';

test('a secret is known by its digest, which does not have it', async () => {
  const secret = makeSecret();
  const digest = digestSecret(secret);
  expect(digest).not.toContain(secret);
  expect(await isSecretOf(digest, secret)).toBe(true);
  expect(await isSecretOf(digest, `${secret}x`)).toBe(false);
  expect(await isSecretOf(digest, digest)).toBe(false);
});

test('a password is known however its letters are composed, and two that are alike have two digests', async () => {
  const digest = await digestPassword('Stra\u00dfe-caf\u00e9');
  expect(digest).not.toBe(await digestPassword('Stra\u00dfe-caf\u00e9'));
  expect(await isSecretOf(digest, 'Stra\u00dfe-cafe\u0301')).toBe(true);
  expect(await isSecretOf(digest, 'Strasse-cafe')).toBe(false);
});

test.each(['', 'sha256:', 'scrypt::', 'plain'])('nothing is the secret of the broken digest "%s"', async (digest) => {
  expect(await isSecretOf(digest, '')).toBe(false);
});
