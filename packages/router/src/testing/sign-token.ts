/** Tokens of services as tests need them: right ones, and what somebody might make of them. */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

import { TokenKey } from '@farled/contract';

export interface TestSigner {
  /** As the router is told of it. */
  readonly key: TokenKey;
  readonly privateKey: KeyObject;
}

export function testSigner(kid = 'key-1'): TestSigner {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, key: TokenKey.parse({ ...publicKey.export({ format: 'jwk' }), kid }) };
}

export function encodePart(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Signed as asked for, whatever header and claims say. */
export function signToken({ key, privateKey }: TestSigner, claims: object, header: object = {}): string {
  const signed = `${encodePart({ alg: 'ES256', kid: key.kid, typ: 'JWT', ...header })}.${encodePart(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

/** With what everybody knows as the secret: what libraries once took for a signature. */
export function signByPublicKey({ key }: TestSigner, claims: object, secret: string): string {
  const signed = `${encodePart({ alg: 'HS256', kid: key.kid, typ: 'JWT' })}.${encodePart(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
