import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ManualClock } from '@farled/service';
import { openState, type State } from '@farled/state';
import { decodeJwt, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { type AccessTokens, accessTokens, AUDIENCE, ISSUER, LIFETIME_SECONDS } from './access-tokens.ts';
import { OWNER } from './caller.ts';
import { openSigningKeys, type SigningKeys } from './signing-keys.ts';

let folder: string;
let state: State;
let clock: ManualClock;
let keys: SigningKeys;
let tokens: AccessTokens;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farled-identity-'));
  clock = new ManualClock(1_800_000_000_000);
  const database = { kind: 'sqlite', path: join(folder, 'record.sqlite') } as const;
  state = await openState({ database, secretKey: Buffer.alloc(32, 7), clock });
  const { signingKeys: store, changes } = state;
  keys = openSigningKeys({ store, changes, purpose: 'access', lifetimeSeconds: LIFETIME_SECONDS, clock });
  tokens = accessTokens(keys, clock);
});
afterEach(async () => {
  await state[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

describe('an access token', () => {
  test('says who has it, until when, and what it is for', async () => {
    const { token, expiresOn } = await tokens.issue(OWNER);
    expect(decodeJwt(token)).toMatchObject({ oid: OWNER.id, tid: OWNER.tenantId, aud: AUDIENCE, exp: expiresOn });
    expect(await tokens.verify(token)).toMatchObject({ id: OWNER.id, name: 'owner', issuedAt: 1_800_000_000 });
  });

  test('is taken again and again, and no more when its time is over', async () => {
    const { token } = await tokens.issue(OWNER);
    for (let times = 0; times < 3; times += 1) {
      expect((await tokens.verify(token)).id).toBe(OWNER.id);
    }
    await clock.advance((LIFETIME_SECONDS + 61) * 1000);
    await expect(tokens.verify(token)).rejects.toMatchObject({
      code: 'Unauthorized',
      message: expect.stringContaining('has expired'),
    });
  });

  test('that was taken before is refused as soon as its key is gone', async () => {
    const { token } = await tokens.issue(OWNER);
    await tokens.verify(token);
    await keys.replace();
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'Unauthorized' });
  });

  test('that was changed is refused, also when the true one was taken before', async () => {
    const { token } = await tokens.issue(OWNER);
    await tokens.verify(token);
    const [head, body = '', signature] = token.split('.');
    const other = Buffer.from(JSON.stringify({ ...decodeJwt(token), name: 'other' })).toString('base64url');
    await expect(tokens.verify([head, other, signature].join('.'))).rejects.toMatchObject({ code: 'Unauthorized' });
    await expect(tokens.verify([head, body, ''].join('.'))).rejects.toMatchObject({ code: 'Unauthorized' });
  });

  test('that another key signed is refused', async () => {
    const forged = await new SignJWT({ oid: OWNER.id, tid: OWNER.tenantId, name: 'owner' })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt(1_800_000_000)
      .setExpirationTime(1_800_003_600)
      .sign(new TextEncoder().encode('a secret of a stranger that is long enough'));
    await expect(tokens.verify(forged)).rejects.toMatchObject({ code: 'Unauthorized' });
  });
});
