import { createPublicKey, randomBytes } from 'node:crypto';

import { ManualClock } from '@farled/service';
import { beforeEach, describe, expect, test } from 'vitest';

import { encodePart, signByPublicKey, signToken, testSigner } from './testing/sign-token.ts';
import { type TokenFault, TokenRing } from './token-ring.ts';

const SERVICE = '3f0f3b52-7d2e-4a43-9a7e-0a4d5f0b6f11';
const LIFETIME = 43_200;

const signer = testSigner();
const other = testSigner('key-2');
let clock: ManualClock;
let now: number;

beforeEach(() => {
  clock = new ManualClock(1_800_000_000_000);
  now = clock.now() / 1000;
});

const check = (changes: Partial<ConstructorParameters<typeof TokenRing>[0]> = {}) => ({
  issuer: 'farled',
  audience: SERVICE,
  notBefore: 0,
  keys: [signer.key],
  ...changes,
});
const ring = (changes = {}): TokenRing => new TokenRing(check(changes), clock);
const claims = (changes = {}) => ({
  iss: 'farled',
  aud: SERVICE,
  service: 'test',
  iat: now,
  nbf: now,
  exp: now + LIFETIME,
  ...changes,
});
const right = (changes = {}): string => signToken(signer, claims(changes));
const faultOf = (token: string, of: TokenRing = ring()): TokenFault | null => of.faultOf(`Bearer ${token}`);

describe('a token', () => {
  const pem = createPublicKey({ key: { ...signer.key }, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  const unsigned = (alg: unknown): string => `${encodePart({ alg, kid: signer.key.kid })}.${encodePart(claims())}.`;

  test.each<[string, () => string, TokenFault | null]>([
    ['that is right', () => right(), null],
    ['at the last second of its life', () => right({ exp: now + 1 }), null],
    ['that has just expired, for clocks differ', () => right({ exp: now - 59 }), null],
    ['that has expired', () => right({ exp: now - 60 }), 'expired'],
    ['from a clock that is ahead a little', () => right({ nbf: now + 60 }), null],
    ['that is for later', () => right({ nbf: now + 61 }), 'notYetValid'],
    ['of another service', () => right({ aud: 'f1f3a3cf-5b7c-4a0c-9a26-08a1b2c3d4e5' }), 'otherService'],
    ['of several services', () => right({ aud: [SERVICE] }), 'malformed'],
    ['of another issuer', () => right({ iss: 'someone' }), 'otherService'],
    ['of a key that is not known', () => signToken(other, claims()), 'unknownKey'],
    ['of another key under a known name', () => signToken(other, claims(), { kid: signer.key.kid }), 'forged'],
    ['without a key', () => signToken(signer, claims(), { kid: undefined }), 'malformed'],
    ['that must be understood otherwise', () => signToken(signer, claims(), { crit: ['exp'] }), 'malformed'],
    ['that does not expire', () => right({ exp: undefined }), 'malformed'],
    ['whose end is no number', () => right({ exp: String(now + LIFETIME) }), 'malformed'],
    ['that does not say when it was issued', () => right({ iat: undefined }), 'malformed'],
    ['that says ES256 differently', () => signToken(signer, claims(), { alg: 'es256' }), 'malformed'],
    ['without a signature', () => unsigned('none'), 'malformed'],
    ['without a signature, in capitals', () => unsigned('NONE'), 'malformed'],
    ['with an empty signature', () => unsigned('ES256'), 'forged'],
    ['signed with the public key, as PEM', () => signByPublicKey(signer, claims(), String(pem)), 'malformed'],
    [
      'signed with the public key, as JWK',
      () => signByPublicKey(signer, claims(), JSON.stringify(signer.key)),
      'malformed',
    ],
    [
      'whose header brings its key',
      () => signToken(other, claims(), { kid: signer.key.kid, jwk: other.key }),
      'forged',
    ],
    ['of two parts', () => right().split('.', 2).join('.'), 'malformed'],
    ['of four parts', () => `${right()}.`, 'malformed'],
    ['with padding', () => `${right()}==`, 'malformed'],
    ['that is longer than any', () => `${right()}${'A'.repeat(8192)}`, 'malformed'],
    ['that is a key', () => 'the-primary-key-of-old', 'malformed'],
  ])('%s: %s', (_what, make, expected) => {
    const token = make();
    const of = ring();
    // Twice: the second answer may come from memory.
    expect([faultOf(token, of), faultOf(token, of)]).toEqual([expected, expected]);
  });

  test.each([undefined, '', 'Bearer', 'Bearer ', 'Basic dXNlcjpwYXNz'])('is missing in %j', (authorization) => {
    expect(ring().faultOf(authorization)).toBe('missing');
  });

  test('with any letter changed, left out or added is not let in', () => {
    const token = right();
    const of = ring();
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+/=';
    const choices = randomBytes(token.length * 3);
    for (let at = 0; at < token.length; at += 1) {
      const letter = alphabet[(choices[at * 3] ?? 0) % alphabet.length] ?? 'A';
      const mutations = [
        `${token.slice(0, at)}${letter}${token.slice(at + 1)}`,
        `${token.slice(0, at)}${letter}${token.slice(at)}`,
        `${token.slice(0, at)}${token.slice(at + 1)}`,
      ].filter((mutation) => mutation !== token);
      expect(mutations.filter((mutation) => faultOf(mutation, of) === null)).toEqual([]);
    }
    expect(faultOf(token, of)).toBeNull();
  });

  test('with parts of two right ones is not let in', () => {
    const [first, second] = [right(), right({ exp: now + 2 * LIFETIME })].map((token) => token.split('.'));
    for (let mask = 1; mask < 7; mask += 1) {
      const mixed = [0, 1, 2].map((part) => ((mask >> part) & 1 ? first : second)?.[part]).join('.');
      const isEither = mixed === first?.join('.') || mixed === second?.join('.');
      // Both have the same header.
      expect(faultOf(mixed) === null).toBe(isEither);
    }
  });
});

describe('what was found right', () => {
  test('is right until it expires, and is not looked at again', async () => {
    const token = right({ exp: now + 10 });
    const of = ring();
    expect(faultOf(token, of)).toBeNull();
    await clock.advance(69_000);
    expect(faultOf(token, of)).toBeNull();
    await clock.advance(1000);
    expect([faultOf(token, of), faultOf(token, of)]).toEqual(['expired', 'expired']);
  });

  test('gives way to what comes later, and is found right again', () => {
    const of = ring();
    const tokens = Array.from({ length: 1100 }, (_, number) => right({ number }));
    expect(tokens.filter((token) => faultOf(token, of) !== null)).toEqual([]);
    expect(faultOf(tokens[0] ?? '', of)).toBeNull();
  });
});

describe('tokens that were issued', () => {
  test.each([
    ['before the revocation', -1, 'revoked'],
    ['in the second from which on they are taken', 0, null],
    ['after it', 1, null],
  ] as const)('%s: %s', (_when, after, expected) => {
    expect(faultOf(right({ iat: now + after }), ring({ notBefore: now }))).toBe(expected);
  });

  test('of a key that was taken away are refused, those of the next one are not', () => {
    const of = ring({ keys: [other.key] });
    expect(faultOf(right(), of)).toBe('unknownKey');
    expect(faultOf(signToken(other, claims()), of)).toBeNull();
  });

  test('of either of two keys are taken, also beside one that can not be read', () => {
    const of = ring({ keys: [{ ...other.key, kid: 'broken', x: 'AAAA' }, other.key, signer.key] });
    expect([right(), signToken(other, claims())].map((token) => faultOf(token, of))).toEqual([null, null]);
    expect(faultOf(signToken(other, claims(), { kid: 'broken' }), of)).toBe('unknownKey');
  });
});
